import type { AppError } from '../../platform/errors/app-error.js';
import { allDetails, camelPlace, errorHeaders, JSON_MEDIA_TYPE } from '../pipeline/error-parts.js';
import { STATUS } from '../pipeline/http-status.js';
import type { DocumentedSurface } from '../pipeline/openapi.js';
import { isByCookieAlone, readSessionCookie } from '../pipeline/session-cookie.js';
import type { ErrorAnswer } from '../pipeline/surface.js';

const SIGN_IN = ['/v1/auth/magic-link', '/v1/auth/verify'];

/** The Builder API: bare resources in camelCase, a session cookie, errors as `{error}`. */
export const builderSurface: DocumentedSurface = {
  name: 'builder',
  prefixes: ['/v1/servers', '/v1/builds'],
  paths: [
    { path: '/v1/auth/magic-link' },
    { path: '/v1/auth/verify' },
    { path: '/v1/auth/me' },
    // Of the Platform API, too.
    { path: '/v1/auth/logout', when: isByCookieAlone },
  ],
  document: {
    title: 'Switchyard Builder API',
    description: 'For a dashboard in a browser: sign-in by a link, a session cookie. Times are ISO 8601 UTC.',
    schemes: {
      session: {
        type: 'apiKey',
        in: 'cookie',
        name: 'switchyard',
        description: 'Set by `POST /v1/auth/verify`; over TLS its name is `__Host-switchyard`.',
      },
    },
    needs: [['session']],
  },
  errorMediaType: JSON_MEDIA_TYPE,
  headers: { 'cache-control': 'no-store' },
  crossSite: 'refused',
  contentTypes: 'any',
  limitOf: (path) => (SIGN_IN.includes(path) ? 'auth' : 'general'),
  readCredential: readSessionCookie,
  writeError: toBuilderError,
};

function toBuilderError(error: AppError, context: { requestId: string }): ErrorAnswer {
  const { code, message } = error;
  return {
    status: STATUS[error.kind],
    headers: errorHeaders(error, { mediaType: JSON_MEDIA_TYPE, challenge: 'Cookie' }),
    body: { error: { code, message, details: allDetails(error, { ...context, place: camelPlace }) } },
  };
}
