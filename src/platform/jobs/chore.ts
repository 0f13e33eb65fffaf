import { z } from 'zod';
import { defineJob } from './job.js';

/** What is done again and again, by one process at a time. */
export abstract class Chore {
  /** `<area>.<what>` */
  abstract readonly name: string;
  abstract readonly everyMs: number;
  /**
   * What was done, for the log; undefined when there was nothing to do. May end in the middle when `signal` says so:
   * the next run goes on.
   */
  abstract run(signal: AbortSignal): Promise<Record<string, unknown> | undefined>;
}

export const doChore = defineJob({
  name: 'platform.do_chore',
  payload: z.object({ name: z.string() }),
  attempts: 25,
  timeoutMs: 6 * 60 * 60_000,
});

export const choreKey = (name: string) => `chore:${name}`;
