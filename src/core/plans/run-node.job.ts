import { z } from 'zod';
import { defineJob } from '../../platform/jobs/job.js';

/** Calls the tool of one node, once for each attempt. */
export const runNode = defineJob({
  name: 'plans.run_node',
  payload: z.object({ sessionId: z.string(), nodeId: z.string(), attempt: z.int() }),
  attempts: 25,
  // A node may wait for a person's answer in the middle of its call.
  timeoutMs: 2 * 60 * 60_000,
});
