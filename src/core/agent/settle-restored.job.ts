import { z } from 'zod';
import { defineJob } from '../../platform/jobs/job.js';

/** Ends what went on in a session when the backup was made that it was restored from. */
export const settleRestored = defineJob({
  name: 'agent.settle_restored',
  payload: z.object({ sessionId: z.string() }),
  attempts: 25,
  timeoutMs: 60_000,
});
