import { z } from 'zod';
import { defineJob } from '../../platform/jobs/job.js';

/** Ends the request of a call on which nobody decided in time. */
export const expireHeldCall = defineJob({
  name: 'execution.expire_held_call',
  payload: z.object({ approvalId: z.string() }),
  attempts: 25,
  timeoutMs: 60_000,
});
