import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { Logger } from '../logging/logger.js';
import { Chore } from './chore.js';
import { Sweep } from './sweep.js';

/** Each hour all sweeps, one after another. */
@Injectable()
export class Sweeper extends Chore {
  readonly name = 'platform.sweep';
  readonly everyMs = 3_600_000;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly logger: Logger,
  ) {
    super();
  }

  async run(signal: AbortSignal): Promise<Record<string, unknown> | undefined> {
    const removed: Record<string, number> = {};
    for (const sweep of this.all()) {
      if (signal.aborted) break;
      try {
        const count = await sweep.run(signal);
        if (count > 0) removed[sweep.what] = count;
      } catch (error) {
        // One that cannot, e.g. since the file store is away, keeps the others from nothing; it comes again.
        this.logger.warn({ sweep: sweep.what, err: error }, 'a sweep failed');
      }
    }
    return Object.keys(removed).length > 0 ? { removed } : undefined;
  }

  private all(): Sweep[] {
    return this.discovery
      .getProviders()
      .map(({ instance }: { instance?: unknown }) => instance)
      .filter((instance) => instance instanceof Sweep);
  }
}
