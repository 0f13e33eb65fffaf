import { z } from 'zod';
import { defineJob } from '../../platform/jobs/job.js';

/** Tokens are nowhere in the clear: each is sealed for its request and person. */
export const sendApprovalMail = defineJob({
  name: 'inbox.send_approval_mail',
  payload: z.object({
    userId: z.string(),
    origin: z.string(),
    links: z.array(z.object({ approvalId: z.string(), sealedToken: z.string() })),
    /** Waits as well, and is not in this mail. */
    more: z.number(),
  }),
  attempts: 6,
  timeoutMs: 30_000,
});

export const tokenPlace = (approvalId: string, userId: string) => ({
  organizationId: '',
  table: 'approval_links',
  rowId: `${approvalId} ${userId}`,
  column: 'token',
});
