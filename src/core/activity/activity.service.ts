import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { lastDays } from '../../platform/days.js';
import { Hints } from '../../platform/hints/hints.js';
import { newId, type OrganizationId } from '../../platform/ids.js';
import { ambientFields } from '../../platform/logging/logger.js';
import type { Page, PageRequest } from '../../platform/page.js';
import type { ActivityEntry, ActivityFilter, ActivityStats, NewActivity } from './activity.js';
import { activityTopic } from './activity.js';
import { ActivityRepository } from './activity.repository.js';

const MAX_USER_AGENT_LENGTH = 512;

/** Who did what in an organization, and from where. */
@Injectable()
export class Activity {
  constructor(
    private readonly entries: ActivityRepository,
    private readonly database: Database,
    private readonly hints: Hints,
    private readonly clock: Clock,
  ) {}

  /** Part of the caller's transaction: what was taken back is not told. */
  async record(told: NewActivity): Promise<void> {
    const { requestId, caller } = ambientFields();
    const at = told.at ?? this.clock.now();
    const origin = told.origin ?? { ip: caller?.ip, userAgent: caller?.userAgent, requestId };
    await this.entries.add({
      id: told.id ?? newId('act', at.getTime()),
      organizationId: told.organizationId,
      at,
      action: told.action,
      outcome: told.outcome ?? 'succeeded',
      actor: told.actor === undefined ? (caller?.actor ?? null) : told.actor,
      credentialId: caller?.credentialId ?? null,
      via: caller?.via ?? null,
      subject: told.subject ?? null,
      ip: origin.ip ?? null,
      userAgent: origin.userAgent?.slice(0, MAX_USER_AGENT_LENGTH) ?? null,
      requestId: origin.requestId ?? null,
      details: told.details ?? null,
    });
    this.database.afterCommit(() => this.hints.publish(activityTopic(told.organizationId)));
  }

  /** Newest first. Whoever asks was found to be allowed to. */
  async list(organizationId: OrganizationId, filter: ActivityFilter, page: PageRequest): Promise<Page<ActivityEntry>> {
    const found = await this.entries.list(organizationId, filter, page);
    return { items: found.slice(0, page.size), ...(found.length > page.size && { next: page.page + 1 }) };
  }

  /** The same, with how many there are on all pages. */
  async page(
    organizationId: OrganizationId,
    filter: ActivityFilter,
    page: PageRequest,
  ): Promise<{ items: ActivityEntry[]; total: number }> {
    const [found, total] = await Promise.all([
      this.entries.list(organizationId, filter, page),
      this.entries.count(organizationId, filter),
    ]);
    return { items: found.slice(0, page.size), total };
  }

  /** Of the last days, today among them; each day is there. */
  async stats(organizationId: OrganizationId, days: number): Promise<ActivityStats> {
    const dates = lastDays(this.clock.now(), days);
    const stats = await this.entries.stats(organizationId, new Date(dates[0] ?? 0));
    const none = (date: string) => ({ date, succeeded: 0, failed: 0 });
    return { ...stats, days: dates.map((date) => stats.days.find((day) => day.date === date) ?? none(date)) };
  }
}
