import { z } from 'zod';
import { defineJob } from '../../platform/jobs/job.js';

/** The token itself is nowhere in the clear: sealed for the row that it belongs to. */
export const sendInvitation = defineJob({
  name: 'identity.send_invitation',
  /** The origin of whoever was asked: a worker may not know where people reach the instance. */
  payload: z.object({ invitationId: z.string(), origin: z.string(), sealedToken: z.string() }),
  attempts: 6,
  timeoutMs: 30_000,
});

export const invitationPlace = (invitationId: string) => ({
  organizationId: '',
  table: 'invitations',
  rowId: invitationId,
  column: 'token',
});
