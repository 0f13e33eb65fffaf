import { z } from 'zod';
import { defineJob } from '../../platform/jobs/job.js';

/** Makes a held call that was approved. */
export const runHeldCall = defineJob({
  name: 'execution.run_held_call',
  payload: z.object({ approvalId: z.string() }),
  attempts: 25,
  timeoutMs: 30 * 60_000,
});
