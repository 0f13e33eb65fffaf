import type { AppError } from '../../platform/errors/app-error.js';

export const JSON_MEDIA_TYPE = 'application/json';

/** @param challenge how to sign in there, for a 401 (RFC 9110, 11.6.1) */
export function errorHeaders(
  { kind, retryAfterSeconds }: AppError,
  { mediaType, challenge }: { mediaType: string; challenge: string },
): Record<string, string> {
  return {
    'content-type': mediaType,
    'cache-control': 'no-store',
    ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
    ...(kind === 'unauthenticated' && { 'www-authenticate': challenge }),
  };
}

/** What the core tells beside its sentence, in camelCase. */
export const detailsOf = ({ details }: AppError): object =>
  typeof details === 'object' && details !== null && !Array.isArray(details) ? details : {};

/** All that a dialect with one place for details says there, in camelCase. */
export const allDetails = (error: AppError, { requestId }: { requestId: string }) => ({
  ...detailsOf(error),
  errors: error.issues.map(({ path, code, message }) => ({ path, code, message })),
  requestId,
  ...(error.retryAfterSeconds !== undefined && { retryAfter: error.retryAfterSeconds }),
});

export function toSnakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toSnakeCase);
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [snake(key), toSnakeCase(member)]));
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
