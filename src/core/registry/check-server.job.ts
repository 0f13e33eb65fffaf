import { z } from 'zod';
import { defineJob } from '../../platform/jobs/job.js';

export const checkServer = defineJob({
  name: 'registry.check_server',
  payload: z.object({ serverId: z.string() }),
  attempts: 25,
  timeoutMs: 90_000,
});

/** A server has one check ahead of it at most. */
export const checkKey = (serverId: string) => `check:${serverId}`;
