import { z } from 'zod';

/** Documents what `toPlatformError` writes. */
export const PlatformErrorView = z
  .object({
    success: z.literal(false),
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
        reason: z.string().optional().meta({ description: 'What it is more closely than the code says.' }),
        retryAfter: z.int().min(0).optional().meta({ description: 'Seconds; also the header Retry-After.' }),
      }),
    }),
  })
  .meta({ id: 'Error' });

/** For OpenAPI: an error answer and when it comes. */
export const platformError = (description: string) => ({ description, standardSchema: PlatformErrorView });
