import { z } from 'zod';
import { defineJob } from '../../platform/jobs/job.js';

/** A job, so that an answer takes the same work whether the address has an account or not. */
export const recordFailure = defineJob({
  name: 'identity.record_failure',
  payload: z.object({
    activityId: z.string(),
    at: z.iso.datetime(),
    action: z.enum(['sign_in.failed', 'code.locked']),
    email: z.string(),
    way: z.enum(['code', 'password', 'link']),
    ip: z.string().optional(),
    userAgent: z.string().optional(),
    requestId: z.string().optional(),
  }),
  attempts: 10,
  timeoutMs: 30_000,
});
