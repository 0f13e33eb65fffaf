import {
  allowInsecureRequests,
  AuthorizationResponseError,
  type Client,
  customFetch,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'oauth4webapi';
import { boundedFetch, type OAuthHttp } from './bounded-fetch.js';
import { OAuthClientError, type OAuthErrorCode } from './oauth-error.js';

type SentBody = string | URLSearchParams | undefined;

/** How oauth4webapi sends: through the guard; which addresses may be http is judged before (endpoints.ts). */
export const sentThrough = (http: OAuthHttp) => ({
  [customFetch]: (
    url: string,
    { body, headers, method }: { body?: SentBody; headers: Record<string, string>; method: string },
  ) =>
    boundedFetch(http, url, {
      method,
      headers,
      redirect: 'manual',
      ...(body !== undefined && { body: body.toString() }),
    }),
  [allowInsecureRequests]: true,
});

export const asClient = (clientId: string): Client => ({ client_id: clientId });

const MEANINGS: Readonly<Record<string, OAuthErrorCode>> = {
  invalid_grant: 'OAUTH_GRANT_INVALID',
  invalid_client: 'OAUTH_CLIENT_REFUSED',
  unauthorized_client: 'OAUTH_CLIENT_REFUSED',
  access_denied: 'OAUTH_DENIED',
  consent_required: 'OAUTH_DENIED',
  login_required: 'OAUTH_DENIED',
  interaction_required: 'OAUTH_DENIED',
};

const FIXES: Readonly<Partial<Record<OAuthErrorCode, string>>> = {
  OAUTH_GRANT_INVALID: 'Sign in again.',
  OAUTH_CLIENT_REFUSED: 'Check the client id and its secret or key, or connect the account again.',
  OAUTH_DENIED: 'Connect the account again, and allow the access.',
  OAUTH_REGISTRATION_FAILED: 'Register a client there yourself, and enter its client id for the server.',
};

/** What oauth4webapi throws, and what an authorization server says by it. */
export function toOAuthError(error: unknown, otherwise: OAuthErrorCode): OAuthClientError {
  if (error instanceof OAuthClientError) return error;
  const named = errorOf(error);
  const code = (named !== undefined && MEANINGS[named]) || otherwise;
  const said = named === undefined ? '' : ` (${named})`;
  return new OAuthClientError(code, `${SENTENCES[code] ?? 'The authorization server refused.'}${said}`, {
    fix: FIXES[code] ?? 'Try again; if it stays so, ask who runs the server.',
    detail: [named ?? (error instanceof Error ? error.name : 'error'), statusOf(error)].filter(Boolean).join(', '),
  });
}

const SENTENCES: Readonly<Partial<Record<OAuthErrorCode, string>>> = {
  OAUTH_GRANT_INVALID: 'The sign-in counts no more at the authorization server.',
  OAUTH_CLIENT_REFUSED: 'The authorization server does not accept our client.',
  OAUTH_DENIED: 'The access was not allowed.',
  OAUTH_REGISTRATION_FAILED: 'The authorization server did not register us as a client.',
  OAUTH_RESPONSE_UNSAFE: 'What came back is no answer of the authorization server that was asked.',
  OAUTH_TOKEN_REFUSED: 'The authorization server gave no usable token.',
};

/** Theirs are free texts otherwise, which may repeat what they were sent. */
const ERROR_CODE = /^[a-z_]{1,64}$/;

function errorOf(error: unknown): string | undefined {
  const isTold = error instanceof ResponseBodyError || error instanceof AuthorizationResponseError;
  const told = isTold ? error.error : challengeErrorOf(error);
  return told !== undefined && ERROR_CODE.test(told) ? told : undefined;
}

function challengeErrorOf(error: unknown): string | undefined {
  if (!(error instanceof WWWAuthenticateChallengeError)) return undefined;
  // RFC 6749, section 5.2: a 401 of the token endpoint is about the client.
  return error.cause.find(({ parameters }) => parameters.error !== undefined)?.parameters.error ?? 'invalid_client';
}

const statusOf = (error: unknown): string | undefined =>
  error instanceof ResponseBodyError || error instanceof WWWAuthenticateChallengeError
    ? `HTTP ${error.status}`
    : undefined;
