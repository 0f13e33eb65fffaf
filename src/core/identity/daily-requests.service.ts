import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { OrganizationId } from '../../platform/ids.js';
import { Logger } from '../../platform/logging/logger.js';
import { DailyRequestsRepository, type DayCount, type StoredDay } from './daily-requests.repository.js';
import { OrganizationPlansService } from './organization-plans.service.js';

const DAY_MS = 86_400_000;
/** What several processes allow beyond the quota is what they are asked within this. */
const FLUSH_MS = 1_000;
const MOST_ORGANIZATIONS = 20_000;

/** What a program may still ask for today. */
export interface DailyQuota {
  limit: number;
  remaining: number;
  /** Midnight (UTC), epoch milliseconds. */
  resetsAt: number;
  allowed: boolean;
}

/** What this process knows of one organization today. */
interface Today {
  day: string;
  /** By all processes, as of the last look. */
  stored: number;
  /** On its way into the table. */
  leaving: number;
  /** Since then. */
  fresh: number;
  limit: number | null;
}

/**
 * The requests of programs, by organization and day. They are counted in memory and added to the table each second, in one
 * statement that tells what all processes have counted: no request waits for it but the first of an organization.
 */
@Injectable()
export class DailyRequests implements OnApplicationShutdown {
  private readonly known = new Map<OrganizationId, Today>();
  private readonly loading = new Map<OrganizationId, Promise<Today>>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly days: DailyRequestsRepository,
    private readonly plans: OrganizationPlansService,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /**
   * Counts one, unless the quota is used up: what is refused is not counted.
   * @returns undefined where the plan has no quota; a promise for an organization that this process has to look up
   */
  take(organizationId: OrganizationId): DailyQuota | undefined | Promise<DailyQuota | undefined> {
    const now = this.clock.ms();
    const today = this.known.get(organizationId);
    if (today?.day === dayOf(now)) return this.takeFrom(today, now);
    return this.load(organizationId, dayOf(now)).then((loaded) => this.takeFrom(loaded, now));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  /** Until all that was counted so far is stored, or could not be. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.writing = this.writing.then(() => this.write());
    await this.writing;
  }

  private takeFrom(today: Today, now: number): DailyQuota | undefined {
    const { limit } = today;
    const used = today.stored + today.leaving + today.fresh;
    const allowed = limit === null || used < limit;
    if (allowed) today.fresh += 1;
    this.flushSoon();
    if (limit === null) return undefined;
    return { limit, remaining: Math.max(0, limit - used - 1), resetsAt: now - (now % DAY_MS) + DAY_MS, allowed };
  }

  private load(organizationId: OrganizationId, day: string): Promise<Today> {
    const running = this.loading.get(organizationId);
    if (running) return running;
    const loaded = this.lookUp(organizationId, day).finally(() => this.loading.delete(organizationId));
    this.loading.set(organizationId, loaded);
    return loaded;
  }

  private async lookUp(organizationId: OrganizationId, day: string): Promise<Today> {
    // What is left of the day before is stored first; and once all is stored, all may be forgotten.
    if (this.known.has(organizationId) || this.known.size >= MOST_ORGANIZATIONS) {
      await this.flush();
      this.forgetStored();
    }
    const found = await this.days.find(organizationId, day);
    const limit = this.limitOf(found?.plan ?? null);
    const today = { day, stored: found?.requests ?? 0, leaving: 0, fresh: 0, limit };
    this.known.set(organizationId, today);
    return today;
  }

  private flushSoon(): void {
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_MS).unref();
  }

  private async write(): Promise<void> {
    const counts = this.collect();
    if (counts.length === 0) return;
    try {
      this.learn(await this.days.add(counts));
    } catch (error) {
      for (const today of this.known.values()) today.fresh += today.leaving;
      this.logger.warn({ organizations: counts.length, err: error }, 'requests of the day not written');
      this.flushSoon();
    } finally {
      for (const today of this.known.values()) today.leaving = 0;
    }
  }

  private forgetStored(): void {
    for (const [organizationId, { fresh, leaving }] of this.known) {
      if (fresh + leaving === 0) this.known.delete(organizationId);
    }
  }

  private collect(): DayCount[] {
    // Of whom nothing came since the last time, the table knows all.
    this.forgetStored();
    const counts: DayCount[] = [];
    for (const [organizationId, today] of this.known) {
      counts.push({ organizationId, day: today.day, requests: today.fresh });
      today.leaving = today.fresh;
      today.fresh = 0;
    }
    return counts;
  }

  private learn(stored: readonly StoredDay[]): void {
    for (const { organizationId, day, requests, plan } of stored) {
      const today = this.known.get(organizationId);
      if (today?.day !== day) continue;
      today.stored = requests;
      today.limit = this.limitOf(plan);
    }
  }

  private limitOf(plan: string | null): number | null {
    return this.plans.planOf(plan).limits.requestsPerDay;
  }
}

let lastDay = { began: NaN, text: '' };

/** In UTC. Asked with each request, so the text is made once a day. */
function dayOf(ms: number): string {
  const began = ms - (ms % DAY_MS);
  if (began !== lastDay.began) lastDay = { began, text: new Date(began).toISOString().slice(0, 10) };
  return lastDay.text;
}
