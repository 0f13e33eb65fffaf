import { z } from 'zod';
import { defineJob } from '../../platform/jobs/job.js';

/** The model reads what there is and answers, or proposes a graph. */
export const runTurn = defineJob({
  name: 'agent.run_turn',
  payload: z.object({ sessionId: z.string(), turnId: z.string() }),
  attempts: 25,
  timeoutMs: 15 * 60_000,
});
