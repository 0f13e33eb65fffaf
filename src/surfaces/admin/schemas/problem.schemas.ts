import { z } from 'zod';

/** Documents what `toProblem` of the pipeline writes. */
const ProblemView = z
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
  })
  .meta({ id: 'Problem' });

/** For OpenAPI: an error answer and when it comes. */
export const problem = (description: string) => ({ description, standardSchema: ProblemView });
