import type { AppError, ErrorKind } from '../../platform/errors/app-error.js';
import { allDetails, errorHeaders, JSON_MEDIA_TYPE } from '../pipeline/error-parts.js';
import { STATUS } from '../pipeline/http-status.js';
import type { ErrorAnswer } from '../pipeline/surface.js';

/** The document's words for what a kind of errors says; null where it has none, and ours passes. */
const BY_KIND = {
  invalid: null,
  unauthenticated: 'AUTH_TOKEN_INVALID',
  forbidden: 'AUTH_INSUFFICIENT_SCOPE',
  not_found: 'RESOURCE_NOT_FOUND',
  conflict: null,
  gone: null,
  too_large: null,
  unsupported: null,
  rate_limited: 'RATE_LIMIT_EXCEEDED',
  internal: 'INTERNAL_SERVER_ERROR',
  upstream_failed: 'MCP_SERVICE_ERROR',
  unavailable: null,
} as const satisfies Record<ErrorKind, string | null>;

/** Where one error has another word than its kind. */
const BY_CODE: Readonly<Record<string, string>> = {
  TOKEN_EXPIRED: 'AUTH_TOKEN_EXPIRED',
  KEY_EXPIRED: 'AUTH_TOKEN_EXPIRED',
  CREDENTIALS_INVALID: 'AUTH_INVALID_CREDENTIALS',
  EMAIL_NOT_VERIFIED: 'EMAIL_NOT_VERIFIED',
};

/** As the document has it: a failed service is 500 there. */
const PLATFORM_STATUS = { ...STATUS, upstream_failed: 500 } as const satisfies Record<ErrorKind, number>;

/** `{success: false, error: {code, message, details}}`; `details.reason` is our own code where the document has another. */
export function toPlatformError(error: AppError, context: { requestId: string }): ErrorAnswer {
  const code = BY_CODE[error.code] ?? BY_KIND[error.kind] ?? error.code;
  const details = { ...allDetails(error, context), ...(code !== error.code && { reason: error.code }) };
  return {
    status: PLATFORM_STATUS[error.kind],
    headers: errorHeaders(error, { mediaType: JSON_MEDIA_TYPE, challenge: 'Bearer, ApiKey' }),
    body: { success: false, error: { code, message: error.message, details } },
  };
}
