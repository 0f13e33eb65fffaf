import { z } from 'zod';
import { defineJob } from '../../platform/jobs/job.js';

export const checkServer = defineJob({
  name: 'registry.check_server',
  payload: z.object({
    serverId: z.string(),
    /** What a check that is under way finds is too old. */
    anew: z.boolean().optional(),
  }),
  attempts: 25,
  timeoutMs: 90_000,
});

/** A server has one check ahead of it at most. */
export const checkKey = (serverId: string) => `check:${serverId}`;
/** Of one beside that, which a check that ends meanwhile does not put off. */
export const newsKey = (serverId: string) => `check_news:${serverId}`;
