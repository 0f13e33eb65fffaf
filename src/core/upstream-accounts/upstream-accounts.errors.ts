import type { OAuthClientError, OAuthErrorCode } from '@app/oauth-client';
import { AppError, type ErrorKind } from '../../platform/errors/app-error.js';
import type { ServerId } from '../../platform/ids.js';

export const SIGN_IN_NEEDED = 'UPSTREAM_SIGN_IN_NEEDED';

/** What whoever has to sign in is told. */
export interface SignInNeeded {
  serverId: ServerId;
  serverName: string;
  /** In the web client. */
  url: string;
  reason: string;
}

/** For every door: nothing was sent, and nothing will be before somebody signs in. */
export const signInNeeded = ({ serverId, serverName, url, reason }: SignInNeeded) => {
  const details = { server_id: serverId, server_name: serverName, url, reason };
  return new AppError('conflict', SIGN_IN_NEEDED, `${reason} Sign in on the page of the server.`, { details });
};

/** @returns undefined for any other error */
export function readSignInNeeded(error: unknown): SignInNeeded | undefined {
  if (!(error instanceof AppError) || error.code !== SIGN_IN_NEEDED) return undefined;
  const details = error.details as { server_id: ServerId; server_name: string; url: string; reason: string };
  return { serverId: details.server_id, serverName: details.server_name, url: details.url, reason: details.reason };
}

const KINDS = {
  OAUTH_NOT_OFFERED: 'unprocessable',
  OAUTH_METADATA_UNSAFE: 'unprocessable',
  OAUTH_CLIENT_NEEDED: 'unprocessable',
  OAUTH_REGISTRATION_FAILED: 'upstream_failed',
  OAUTH_RESPONSE_UNSAFE: 'forbidden',
  OAUTH_DENIED: 'forbidden',
  OAUTH_GRANT_INVALID: 'upstream_failed',
  OAUTH_CLIENT_REFUSED: 'upstream_failed',
  OAUTH_TOKEN_REFUSED: 'upstream_failed',
  OAUTH_UNREACHABLE: 'upstream_failed',
} as const satisfies Record<OAuthErrorCode, ErrorKind>;

export const signInFailed = ({ code, message, fix, detail }: OAuthClientError) =>
  new AppError(KINDS[code], code, `${message} ${fix}`, { details: { fix, ...(detail !== undefined && { detail }) } });

export const signInIsOutdated = () =>
  new AppError('conflict', 'OAUTH_OUTDATED', 'The server was changed meanwhile. Connect the account again.');

export const clientIsOfAnotherIssuer = () =>
  new AppError(
    'conflict',
    'OAUTH_ISSUER_CHANGED',
    'The server names another authorization server than the one that your client id is of. Enter the client id that is of the new one.',
  );

export const refreshIsSlow = () =>
  new AppError('unavailable', 'OAUTH_REFRESH_SLOW', 'The sign-in at the server is being renewed. Try again.', {
    retryAfterSeconds: 2,
  });
