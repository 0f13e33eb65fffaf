import { z } from 'zod';
import { defineJob } from '../../platform/jobs/job.js';

/** Enqueued with each new organization, in the same transaction. The handler belongs to whoever furnishes it. */
export const organizationCreated = defineJob({
  name: 'identity.organization_created',
  payload: z.object({ organizationId: z.string() }),
  attempts: 10,
  timeoutMs: 60_000,
});
