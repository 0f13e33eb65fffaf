import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { z } from 'zod';
import { Logger } from '../logging/logger.js';
import { Chore, choreKey, doChore } from './chore.js';
import { JobHandler, type JobRun } from './job.js';
import { Jobs } from './jobs.js';

/** Processes that start are left alone for so long. */
const FIRST_AFTER_MS = 30_000;

/** Runs the chores, each as a job that plans its own next run. */
@Injectable()
export class Chores extends JobHandler<z.infer<typeof doChore.payload>> implements OnApplicationBootstrap {
  readonly job = doChore;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly jobs: Jobs,
    private readonly logger: Logger,
  ) {
    super();
  }

  async onApplicationBootstrap(): Promise<void> {
    for (const { name } of this.all()) await this.plan(name, FIRST_AFTER_MS, { keepTime: true });
  }

  async run({ name }: z.infer<typeof doChore.payload>, { signal }: JobRun): Promise<void> {
    const chore = this.all().find((known) => known.name === name);
    // Of another version of the product: whoever knows it plans it.
    if (!chore) return;
    const started = performance.now();
    const done = await chore.run(signal);
    if (done) this.logger.info({ chore: name, ...done, ms: Math.round(performance.now() - started) }, 'chore done');
    await this.plan(name, chore.everyMs);
  }

  private all(): Chore[] {
    return this.discovery
      .getProviders()
      .map(({ instance }: { instance?: unknown }) => instance)
      .filter((instance) => instance instanceof Chore);
  }

  private async plan(name: string, afterMs: number, { keepTime = false } = {}): Promise<void> {
    const runAt = new Date(Date.now() + afterMs);
    await this.jobs.enqueue(doChore, { name }, { key: choreKey(name), runAt, keepTime });
  }
}
