import { z } from 'zod';
import { defineJob } from '../../platform/jobs/job.js';

/** The code itself is nowhere in the clear: sealed for the row that it belongs to. */
export const sendCode = defineJob({
  name: 'identity.send_code',
  payload: z.object({ codeId: z.string(), sealedCode: z.string() }),
  attempts: 6,
  timeoutMs: 30_000,
});

export const codePlace = (codeId: string) => ({
  organizationId: '',
  table: 'one_time_codes',
  rowId: codeId,
  column: 'code',
});
