import { z } from 'zod';
import { defineJob } from '../../platform/jobs/job.js';

/** Tells a person by mail that their password is another one now. */
export const passwordChanged = defineJob({
  name: 'identity.tell_password_changed',
  payload: z.object({ userId: z.string(), origin: z.string(), at: z.iso.datetime() }),
  attempts: 6,
  timeoutMs: 30_000,
});
