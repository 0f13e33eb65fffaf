import { z } from 'zod';
import { defineJob } from '../../platform/jobs/job.js';

/** The token itself is nowhere in the clear: sealed for the row that it belongs to. */
export const sendLink = defineJob({
  name: 'identity.send_link',
  /** The origin of whoever was asked: a worker may not know where people reach the instance. */
  payload: z.object({ linkId: z.string(), origin: z.string(), sealedToken: z.string() }),
  attempts: 6,
  timeoutMs: 30_000,
});

export const linkPlace = (linkId: string) => ({
  organizationId: '',
  table: 'mail_links',
  rowId: linkId,
  column: 'token',
});
