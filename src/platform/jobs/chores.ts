import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { z } from 'zod';
import { isDatabaseUnavailable } from '../database/database.js';
import { Logger } from '../logging/logger.js';
import { Chore, choreKey, doChore } from './chore.js';
import { JobHandler, type JobRun } from './job.js';
import { Jobs } from './jobs.js';

/** Processes that start are left alone for so long. */
const FIRST_AFTER_MS = 30_000;
/** One that failed comes again after so long at the latest. */
const AGAIN_AFTER_MS = 15 * 60_000;

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
    for (const { name } of this.all()) {
      // One under way, in another process, would get a second one beside it.
      if (!(await this.jobs.isEnqueued(choreKey(name)))) await this.plan(name, FIRST_AFTER_MS);
    }
  }

  async run({ name }: z.infer<typeof doChore.payload>, { signal }: JobRun): Promise<void> {
    const chore = this.all().find((known) => known.name === name);
    // Of another version of the product: whoever knows it plans it.
    if (!chore) return;
    const isDone = await this.tryOut(chore, signal);
    await this.plan(name, isDone ? chore.everyMs : Math.min(chore.everyMs, AGAIN_AFTER_MS));
  }

  /** A chore has no last try: what fails, such as a folder that is missing, may be mended next week. */
  private async tryOut(chore: Chore, signal: AbortSignal): Promise<boolean> {
    const started = performance.now();
    const facts = () => ({ chore: chore.name, ms: Math.round(performance.now() - started) });
    try {
      const done = await chore.run(signal);
      if (done) this.logger.info({ ...facts(), ...done }, 'chore done');
      return true;
    } catch (error) {
      // The job itself goes on: with the next process, or as soon as the database is back.
      if (signal.aborted || isDatabaseUnavailable(error)) throw error;
      this.logger.error({ ...facts(), err: error }, 'chore failed');
      return false;
    }
  }

  private all(): Chore[] {
    return this.discovery
      .getProviders()
      .map(({ instance }: { instance?: unknown }) => instance)
      .filter((instance) => instance instanceof Chore);
  }

  private async plan(name: string, afterMs: number): Promise<void> {
    await this.jobs.enqueue(doChore, { name }, { key: choreKey(name), runAt: new Date(Date.now() + afterMs) });
  }
}
