import { z } from 'zod';
import { defineJob } from '../../platform/jobs/job.js';

/** Sends what is due to one webhook. */
export const sendDeliveries = defineJob({
  name: 'webhooks.send_deliveries',
  payload: z.object({ webhookId: z.string() }),
  attempts: 25,
  timeoutMs: 30_000,
});

/** A webhook has one later look ahead of it at most. */
export const laterLook = (webhookId: string) => `webhook:${webhookId}`;
