import { z } from 'zod';

/** Documents what `toProblem` of the pipeline writes. */
export const ProblemView = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int().min(0),
    detail: z.string(),
    instance: z.string(),
    code: z.string().meta({ description: 'What happened, UPPER_SNAKE; stable.' }),
    errors: z.array(
      z.object({
        path: z.string().meta({ description: 'JSON Pointer (RFC 6901) into what was sent.' }),
        code: z.string(),
        message: z.string(),
      }),
    ),
    request_id: z.string(),
    retryable: z.boolean(),
    retry_after: z.int().min(0).optional().meta({ description: 'Seconds; also the header Retry-After.' }),
    attempts_left: z.int().min(0).optional().meta({ description: 'Of a wrong one-time code.' }),
  })
  .meta({ id: 'Problem' });
