import { z } from 'zod';
import { defineJob } from '../../platform/jobs/job.js';

export const checkServer = defineJob({
  name: 'registry.check_server',
  payload: z.object({
    serverId: z.string(),
    /** What a check that is under way finds is too old. */
    anew: z.boolean().optional(),
    /** Who signed in to a service that they set up: what it offers then is approved by them, as where nobody signs in. */
    approvedBy: z.object({ userId: z.string(), username: z.string() }).optional(),
  }),
  attempts: 25,
  timeoutMs: 90_000,
});

/** A server has one check ahead of it at most. */
export const checkKey = (serverId: string) => `check:${serverId}`;
/** Of one after a first sign-in, which nothing else may take the place of. */
export const firstKey = (serverId: string) => `check_first:${serverId}`;
/** Of one beside that, which a check that ends meanwhile does not put off. */
export const newsKey = (serverId: string) => `check_news:${serverId}`;
