import { z } from 'zod';
import { defineJob } from '../../platform/jobs/job.js';

/** Nothing of the plan goes on by itself: it ended, or waits for a person. */
export const planRested = defineJob({
  name: 'plans.plan_rested',
  payload: z.object({ sessionId: z.string(), planId: z.string() }),
  attempts: 25,
  timeoutMs: 15 * 60_000,
});
