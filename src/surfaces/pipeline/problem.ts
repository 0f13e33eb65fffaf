import { type AppError, type ErrorKind, isRetryable } from '../../platform/errors/app-error.js';
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
  too_large: 'Too large',
  unsupported: 'Unsupported media type',
  rate_limited: 'Too many requests',
  internal: 'Our fault',
  upstream_failed: 'An upstream failed',
  unavailable: 'Not available just now',
} satisfies Record<ErrorKind, string>;

/** `application/problem+json` (RFC 9457). What the error's `details` hold become members of it, in snake_case. */
export function toProblem(error: AppError, { requestId }: { requestId: string }): ErrorAnswer {
  const status = STATUS[error.kind];
  const body = {
    ...toMembers(error.details),
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
  const headers: Record<string, string> = { 'content-type': PROBLEM_MEDIA_TYPE, 'cache-control': 'no-store' };
  if (error.retryAfterSeconds !== undefined) headers['retry-after'] = String(error.retryAfterSeconds);
  // RFC 9110, 15.5.2: a 401 names a challenge.
  if (error.kind === 'unauthenticated') headers['www-authenticate'] = 'Bearer';
  return { status, headers, body };
}

const toMembers = (details: unknown): object =>
  typeof details === 'object' && details !== null && !Array.isArray(details) ? (toSnakeCase(details) as object) : {};

function toSnakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toSnakeCase);
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [snake(key), toSnakeCase(member)]));
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
