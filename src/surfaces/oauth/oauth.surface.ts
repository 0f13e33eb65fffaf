import type { AppError, ErrorKind } from '../../platform/errors/app-error.js';
import { readBearer } from '../pipeline/authorization.js';
import { errorHeaders, JSON_MEDIA_TYPE } from '../pipeline/error-parts.js';
import { STATUS } from '../pipeline/http-status.js';
import { PROBLEM_MEDIA_TYPE, toProblem } from '../pipeline/problem.js';
import { readSessionCookie } from '../pipeline/session-cookie.js';
import type { ErrorAnswer, Surface } from '../pipeline/surface.js';

/** Where clients come, for people or by themselves. */
const FOR_CLIENTS = ['/oauth/authorize', '/oauth/token', '/oauth/revoke'];

/** What clients speak: RFC 6749 and those around it. Its errors are those of OAuth, ours among them. */
export const oauthSurface: Surface = {
  name: 'oauth',
  prefixes: ['/oauth', '/.well-known'],
  errorMediaType: JSON_MEDIA_TYPE,
  headers: {},
  limitOf: (path) => (path === '/oauth/register' ? 'registration' : FOR_CLIENTS.includes(path) ? 'clients' : 'general'),
  readCredential: () => undefined,
  writeError: toOAuthError,
};

/** What our own page asks while a person decides: by their sign-in, which is a token or a session cookie. */
export const consentSurface: Surface = {
  name: 'consent',
  prefixes: ['/oauth/interaction'],
  errorMediaType: PROBLEM_MEDIA_TYPE,
  headers: { 'cache-control': 'no-store' },
  crossSite: 'refused',
  limitOf: () => 'general',
  // Whoever has both says with the header which one is meant: the cookie goes along by itself.
  readCredential: (head) => readBearer(head) ?? readSessionCookie(head),
  writeError: toProblem,
};

/** RFC 6749, 5.2, and for what is not foreseen there 4.1.2.1. */
const CODES = {
  invalid: 'invalid_request',
  unauthenticated: 'invalid_client',
  forbidden: 'access_denied',
  not_found: 'invalid_request',
  conflict: 'invalid_request',
  gone: 'invalid_request',
  precondition_failed: 'invalid_request',
  unprocessable: 'invalid_request',
  rate_limited: 'temporarily_unavailable',
  too_large: 'invalid_request',
  unsupported: 'invalid_request',
  upstream_failed: 'temporarily_unavailable',
  unavailable: 'temporarily_unavailable',
  internal: 'server_error',
} satisfies Record<ErrorKind, string>;

function toOAuthError(error: AppError): ErrorAnswer {
  return {
    status: STATUS[error.kind],
    headers: {
      ...errorHeaders(error, { mediaType: JSON_MEDIA_TYPE, challenge: 'Basic' }),
      'access-control-allow-origin': '*',
    },
    body: { error: CODES[error.kind], error_description: error.message },
  };
}
