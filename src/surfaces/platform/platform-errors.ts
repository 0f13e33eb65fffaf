import type { AppError, ErrorKind } from '../../platform/errors/app-error.js';
import { allDetails, camelPlace, errorHeaders, JSON_MEDIA_TYPE } from '../pipeline/error-parts.js';
import { STATUS } from '../pipeline/http-status.js';
import type { ErrorAnswer } from '../pipeline/surface.js';

/** The document's word for a kind of errors, and where some of them have another. */
type Words = { otherwise: string } & Readonly<Record<string, string>>;

/** Complete over the kinds; null where the document has no word, and ours passes. */
const WORDS = {
  invalid: { otherwise: 'VALIDATION_ERROR', SERVICE_UNCONFIGURED: 'MCP_SERVICE_UNCONFIGURED' },
  unauthenticated: {
    otherwise: 'AUTH_TOKEN_INVALID',
    TOKEN_EXPIRED: 'AUTH_TOKEN_EXPIRED',
    KEY_EXPIRED: 'AUTH_TOKEN_EXPIRED',
    CREDENTIALS_INVALID: 'AUTH_INVALID_CREDENTIALS',
  },
  forbidden: {
    otherwise: 'AUTH_INSUFFICIENT_SCOPE',
    EMAIL_NOT_VERIFIED: 'EMAIL_NOT_VERIFIED',
    PLAN_LIMIT_REACHED: 'PLAN_LIMIT_REACHED',
  },
  not_found: { otherwise: 'RESOURCE_NOT_FOUND' },
  conflict: null,
  gone: null,
  precondition_failed: null,
  too_large: null,
  unsupported: null,
  unprocessable: null,
  rate_limited: { otherwise: 'RATE_LIMIT_EXCEEDED' },
  internal: { otherwise: 'INTERNAL_SERVER_ERROR' },
  upstream_failed: { otherwise: 'MCP_SERVICE_ERROR' },
  unavailable: null,
} as const satisfies Record<ErrorKind, Words | null>;

/** As the document has it: a failed service is 500 there. */
const PLATFORM_STATUS = { ...STATUS, upstream_failed: 500 } as const satisfies Record<ErrorKind, number>;

/** Names inside a tool's arguments are the tool's. */
const place = (path: string): string =>
  path.startsWith('/arguments') ? `/parameters${path.slice('/arguments'.length)}` : camelPlace(path);

/** `{success: false, error: {code, message, details}}`; `details.reason` is our own code where the document has another. */
export function toPlatformError(error: AppError, context: { requestId: string }): ErrorAnswer {
  const words: Words | null = WORDS[error.kind];
  const code = words ? (words[error.code] ?? words.otherwise) : error.code;
  const details = {
    ...allDetails(error, { ...context, place }),
    ...(code !== error.code && { reason: error.code }),
  };
  return {
    status: PLATFORM_STATUS[error.kind],
    headers: errorHeaders(error, { mediaType: JSON_MEDIA_TYPE, challenge: 'Bearer, ApiKey' }),
    body: { success: false, error: { code, message: error.message, details } },
  };
}
