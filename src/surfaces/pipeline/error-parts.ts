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

/**
 * All that a dialect with one place for details says there, in camelCase.
 * @param place where a field that the core names is in a body of the dialect, as JSON Pointers; what was not known at all
 *   stays where it was sent
 */
export const allDetails = (
  error: AppError,
  { requestId, place }: { requestId: string; place: (path: string) => string },
) => ({
  ...detailsOf(error),
  errors: error.issues.map(({ path, code, message }) => ({
    path: code === 'unknown_field' ? path : place(path),
    code,
    message,
  })),
  requestId,
  ...(error.retryAfterSeconds !== undefined && { retryAfter: error.retryAfterSeconds }),
});

/** `/first_name`, as the core has it, is `/firstName`. */
export const camelPlace = (path: string): string =>
  path.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

export function toSnakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toSnakeCase);
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [snake(key), toSnakeCase(member)]));
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
