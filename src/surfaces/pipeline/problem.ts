import { type AppError, type ErrorKind, isRetryable } from '../../platform/errors/app-error.js';
import { detailsOf, errorHeaders, toSnakeCase } from './error-parts.js';
import { STATUS } from './http-status.js';
import type { ErrorAnswer } from './surface.js';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

const TITLES = {
  invalid: 'The request is not valid',
  unauthenticated: 'Sign in first',
  forbidden: 'Not allowed',
  not_found: 'Not found',
  conflict: 'In conflict with what there is',
  gone: 'No longer there',
  precondition_failed: 'Changed meanwhile',
  too_large: 'Too large',
  unsupported: 'Unsupported media type',
  unprocessable: 'This cannot be done',
  rate_limited: 'Too many requests',
  internal: 'Our fault',
  upstream_failed: 'An upstream failed',
  unavailable: 'Not available just now',
} satisfies Record<ErrorKind, string>;

/** `application/problem+json` (RFC 9457). What the error's `details` hold become members of it, in snake_case. */
export function toProblem(error: AppError, { requestId }: { requestId: string }): ErrorAnswer {
  const status = STATUS[error.kind];
  const body = {
    ...(toSnakeCase(detailsOf(error)) as object),
    type: `urn:switchyard:error:${error.code.toLowerCase()}`,
    title: TITLES[error.kind],
    status,
    detail: error.message,
    // This occurrence, by its request: a path would repeat the ids in it.
    instance: `urn:switchyard:request:${requestId}`,
    code: error.code,
    errors: error.issues.map(({ path, code, message }) => ({ path, code, message })),
    request_id: requestId,
    retryable: isRetryable(error),
    ...(error.retryAfterSeconds !== undefined && { retry_after: error.retryAfterSeconds }),
  };
  return { status, headers: errorHeaders(error, { mediaType: PROBLEM_MEDIA_TYPE, challenge: 'Bearer' }), body };
}
