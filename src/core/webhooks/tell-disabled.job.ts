import { z } from 'zod';
import { defineJob } from '../../platform/jobs/job.js';

/** Whoever made a webhook is told by mail that it was switched off. */
export const tellDisabled = defineJob({
  name: 'webhooks.tell_disabled',
  payload: z.object({ webhookId: z.string() }),
  attempts: 6,
  timeoutMs: 30_000,
});
