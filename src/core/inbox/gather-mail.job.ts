import { z } from 'zod';
import { defineJob } from '../../platform/jobs/job.js';

/** Puts together what somebody is to be mailed about. */
export const gatherMail = defineJob({
  name: 'inbox.gather_mail',
  payload: z.object({ userId: z.string(), origin: z.string() }),
  attempts: 6,
  timeoutMs: 30_000,
});
