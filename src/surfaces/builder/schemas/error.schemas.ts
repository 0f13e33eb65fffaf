import { z } from 'zod';

/** Documents the errors that `builder.surface.ts` writes. */
const ErrorView = z
  .object({
    error: z.object({
      code: z.string().meta({ description: 'What happened, UPPER_SNAKE; stable.' }),
      message: z.string(),
      details: z.looseObject({
        errors: z.array(
          z.object({
            path: z.string().meta({ description: 'JSON Pointer (RFC 6901) into what was sent.' }),
            code: z.string(),
            message: z.string(),
          }),
        ),
        requestId: z.string(),
        retryAfter: z.int().min(0).optional().meta({ description: 'Seconds; also the header Retry-After.' }),
      }),
    }),
  })
  .meta({ id: 'Error' });

/** For OpenAPI: an error answer and when it comes. */
export const refusal = (description: string) => ({ description, standardSchema: ErrorView });
