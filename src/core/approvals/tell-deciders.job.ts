import { z } from 'zod';
import { defineJob } from '../../platform/jobs/job.js';

/** Something waits that somebody may want to hear of by mail. */
export const tellDeciders = defineJob({
  name: 'approvals.tell_deciders',
  /** The origin of whoever was asked: a worker may not know where people reach the instance. */
  payload: z.object({ approvalId: z.string(), origin: z.string() }),
  attempts: 6,
  timeoutMs: 30_000,
});
