import { z } from 'zod';
import { defineJob } from '../../platform/jobs/job.js';

/** The definitions of tools changed, or what is decided about them: for whoever holds something that depends on them. */
export const toolsChanged = defineJob({
  name: 'registry.tools_changed',
  payload: z.object({ serverId: z.string(), tools: z.array(z.string()) }),
  attempts: 25,
  timeoutMs: 5 * 60_000,
});
