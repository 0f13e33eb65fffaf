import {
  calculatePKCECodeChallenge,
  generateRandomCodeVerifier,
  generateRandomState,
  validateAuthResponse,
} from 'oauth4webapi';
import type { ServerMetadata } from './authorization-server.js';
import { asServer } from './as-server.js';
import type { OAuthClient } from './client.js';
import { asClient, toOAuthError } from './library.js';
import { OAuthClientError } from './oauth-error.js';

export interface AuthorizationWanted {
  server: ServerMetadata;
  client: OAuthClient;
  redirectUri: string;
  resource: string;
  scopes: readonly string[] | undefined;
}

/** What begins when a person is sent to the authorization server; kept until the browser comes back. */
export interface BegunAuthorization {
  url: string;
  state: string;
  /** Of PKCE: only who keeps it can use the code. */
  verifier: string;
}

/** @throws OAuthClientError OAUTH_NOT_OFFERED */
export async function beginAuthorization(wanted: AuthorizationWanted): Promise<BegunAuthorization> {
  const { server, client, redirectUri, resource, scopes } = wanted;
  if (!server.authorization_endpoint) {
    throw new OAuthClientError('OAUTH_NOT_OFFERED', 'The authorization server has no page where a person signs in.', {
      fix: 'Use a machine account for this server.',
    });
  }
  const state = generateRandomState();
  const verifier = generateRandomCodeVerifier();
  const url = new URL(server.authorization_endpoint);
  const parameters = {
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: redirectUri,
    state,
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    resource,
    ...(scopes && { scope: scopes.join(' ') }),
    // OpenID Connect Core, section 11: without it a refresh token may be refused.
    ...(scopes?.includes('offline_access') && { prompt: 'consent' }),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return { url: url.href, state, verifier };
}

/**
 * The parameters that came back with the browser, judged before any of them is believed: the state, the issuer (RFC 9207),
 * and only then what they say.
 * @throws OAuthClientError OAUTH_RESPONSE_UNSAFE, OAUTH_DENIED
 */
export function readAuthorizationResponse(
  { server, client }: Pick<AuthorizationWanted, 'server' | 'client'>,
  parameters: URLSearchParams,
  state: string,
): URLSearchParams {
  try {
    return validateAuthResponse(asServer(server), asClient(client.clientId), parameters, state);
  } catch (error) {
    throw toOAuthError(error, 'OAUTH_RESPONSE_UNSAFE');
  }
}
