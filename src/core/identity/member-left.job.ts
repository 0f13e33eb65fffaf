import { z } from 'zod';
import { defineJob } from '../../platform/jobs/job.js';

/** Enqueued when a member leaves or is removed, in the same transaction. The handler belongs to whoever kept rights of theirs. */
export const memberLeft = defineJob({
  name: 'identity.member_left',
  payload: z.object({ organizationId: z.string(), userId: z.string() }),
  attempts: 10,
  timeoutMs: 30_000,
});
