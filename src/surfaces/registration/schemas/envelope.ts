import { z } from 'zod';

/** Every good answer. */
export const envelope = <Data extends z.ZodType>(data: Data) =>
  z.object({ message: z.string(), status: z.literal('success'), error: z.null(), data });

export const succeed = <Data>(message: string, data: Data) => ({
  message,
  status: 'success' as const,
  error: null,
  data,
});

/** Documents what `registrationSurface` writes. */
export const RegistrationErrorView = z
  .object({
    message: z.string(),
    status: z.literal('error'),
    error: z.object({
      code: z.string().meta({ description: 'What happened, UPPER_SNAKE; stable.' }),
      details: z.looseObject({
        errors: z.array(
          z.object({
            path: z.string().meta({ description: 'JSON Pointer (RFC 6901) into what was sent.' }),
            code: z.string(),
            message: z.string(),
          }),
        ),
        request_id: z.string(),
      }),
    }),
    data: z.null(),
  })
  .meta({ id: 'Error' });

/** For OpenAPI: an error answer and when it comes. */
export const registrationError = (description: string) => ({ description, standardSchema: RegistrationErrorView });
