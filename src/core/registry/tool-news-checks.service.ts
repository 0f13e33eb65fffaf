import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { standApart } from '../../platform/apart.js';
import type { ServerId } from '../../platform/ids.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { Logger } from '../../platform/logging/logger.js';
import { checkServer, newsKey } from './check-server.job.js';
import { UpstreamsService } from './upstreams.service.js';

interface Heard {
  /** Of the check ahead; in milliseconds of the monotonic clock. */
  dueAt: number;
  gapMs: number;
  timer: NodeJS.Timeout | undefined;
}

/** A server with several changes at once says so several times. */
const GATHER_MS = 500;
/** A server that does not stop is asked less and less often. */
const MOST_GAP_MS = 60_000;
const MOST_SERVERS = 1_000;

/**
 * Has servers checked soon that say they offer other tools now. What is lost here is found by the next check, and before
 * each call.
 */
@Injectable()
export class ToolNewsChecks implements OnModuleDestroy {
  private readonly heard = new Map<ServerId, Heard>();
  private readonly apart = standApart();

  constructor(
    upstreams: UpstreamsService,
    private readonly jobs: Jobs,
    private readonly logger: Logger,
  ) {
    upstreams.onToolsChanged((id) => this.hear(id));
  }

  onModuleDestroy(): void {
    for (const { timer } of this.heard.values()) clearTimeout(timer);
    this.heard.clear();
  }

  private hear(id: ServerId): void {
    const now = performance.now();
    const before = this.heard.get(id);
    if (before?.timer) return;
    const isQuiet = !before || now - before.dueAt > MOST_GAP_MS;
    const gapMs = isQuiet ? GATHER_MS : Math.min(before.gapMs * 2, MOST_GAP_MS);
    const dueAt = isQuiet ? now + gapMs : Math.max(before.dueAt + gapMs, now + GATHER_MS);
    const next: Heard = { dueAt, gapMs, timer: undefined };
    next.timer = setTimeout(() => {
      next.timer = undefined;
      void this.apart(() => this.check(id));
    }, dueAt - now).unref();
    this.heard.delete(id);
    this.heard.set(id, next);
    this.forgetOldest();
  }

  /** Not in the transaction or the trace of whoever opened the connection. */
  private async check(serverId: ServerId): Promise<void> {
    try {
      await this.jobs.enqueue(checkServer, { serverId, anew: true }, { key: newsKey(serverId) });
    } catch (error) {
      this.logger.warn({ err: error, serverId }, 'a server that offers other tools now is not checked at once');
    }
  }

  private forgetOldest(): void {
    if (this.heard.size <= MOST_SERVERS) return;
    for (const [id, { timer }] of this.heard) {
      clearTimeout(timer);
      this.heard.delete(id);
      return;
    }
  }
}
