import {
  authorizationCodeGrantRequest,
  clientCredentialsGrantRequest,
  processAuthorizationCodeResponse,
  processClientCredentialsResponse,
  processRefreshTokenResponse,
  processRevocationResponse,
  refreshTokenGrantRequest,
  revocationRequest,
  type TokenEndpointResponse,
} from 'oauth4webapi';
import { asServer } from './as-server.js';
import type { AuthorizationWanted } from './authorization.js';
import { authenticationOf } from './client-authentication.js';
import type { OAuthHttp } from './bounded-fetch.js';
import { asClient, sentThrough, toOAuthError } from './library.js';
import { OAuthClientError } from './oauth-error.js';
import { readScopes } from './scopes.js';

/** What an authorization server gave. */
export interface Tokens {
  accessToken: string;
  /** Seconds; undefined where it does not say. */
  expiresIn: number | undefined;
  refreshToken: string | undefined;
  /** Those that were granted, where they are told. */
  scopes: readonly string[] | undefined;
}

type Where = Pick<AuthorizationWanted, 'server' | 'client' | 'resource'>;

/**
 * @param parameters as `readAuthorizationResponse` gave them
 * @throws OAuthClientError
 */
export function exchangeCode(
  http: OAuthHttp,
  where: Where,
  { parameters, redirectUri, verifier }: { parameters: URLSearchParams; redirectUri: string; verifier: string },
): Promise<Tokens> {
  return receiving(where, async (server, client, auth) => {
    const options = { ...sentThrough(http), additionalParameters: { resource: where.resource } };
    const answer = await authorizationCodeGrantRequest(
      server,
      client,
      auth,
      parameters,
      redirectUri,
      verifier,
      options,
    );
    return processAuthorizationCodeResponse(server, client, await withoutIdToken(answer));
  });
}

/** The refresh token counts no more afterwards, whether it was answered or not. @throws OAuthClientError */
export function refresh(http: OAuthHttp, where: Where, refreshToken: string): Promise<Tokens> {
  return receiving(where, async (server, client, auth) => {
    const options = { ...sentThrough(http), additionalParameters: { resource: where.resource } };
    const answer = await refreshTokenGrantRequest(server, client, auth, refreshToken, options);
    return processRefreshTokenResponse(server, client, await withoutIdToken(answer));
  });
}

/** Of a machine account. @throws OAuthClientError */
export function requestAsClient(http: OAuthHttp, where: Where, scopes: readonly string[] | undefined): Promise<Tokens> {
  return receiving(where, async (server, client, auth) => {
    const parameters = { resource: where.resource, ...(scopes && { scope: scopes.join(' ') }) };
    const answer = await clientCredentialsGrantRequest(server, client, auth, parameters, sentThrough(http));
    return processClientCredentialsResponse(server, client, await withoutIdToken(answer));
  });
}

/** Does nothing where tokens cannot be revoked. @throws OAuthClientError */
export async function revoke(
  http: OAuthHttp,
  { server, client }: Omit<Where, 'resource'>,
  token: string,
): Promise<void> {
  if (!server.revocation_endpoint) return;
  try {
    const auth = await authenticationOf(client, server);
    const answer = await revocationRequest(asServer(server), asClient(client.clientId), auth, token, sentThrough(http));
    await processRevocationResponse(answer);
  } catch (error) {
    throw toOAuthError(error, 'OAUTH_TOKEN_REFUSED');
  }
}

type Asking = (
  server: ReturnType<typeof asServer>,
  client: ReturnType<typeof asClient>,
  auth: Awaited<ReturnType<typeof authenticationOf>>,
) => Promise<TokenEndpointResponse>;

async function receiving({ server, client }: Where, ask: Asking): Promise<Tokens> {
  if (!server.token_endpoint) {
    throw new OAuthClientError('OAUTH_TOKEN_REFUSED', 'The authorization server names no token endpoint.', {
      fix: 'Ask who runs the server.',
    });
  }
  try {
    const auth = await authenticationOf(client, server);
    return readTokens(await ask(asServer(server), asClient(client.clientId), auth));
  } catch (error) {
    throw toOAuthError(error, 'OAUTH_TOKEN_REFUSED');
  }
}

/** A header carries it: RFC 6750, section 2.1. */
const BEARER = /^[A-Za-z0-9\-._~+/]{1,16384}=*$/;

function readTokens(given: TokenEndpointResponse): Tokens {
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: expiresIn, scope } = given;
  if (given.token_type.toLowerCase() !== 'bearer' || !BEARER.test(accessToken)) {
    throw new OAuthClientError(
      'OAUTH_TOKEN_REFUSED',
      'The authorization server gave a token that is no bearer token.',
      {
        fix: 'Ask who runs the server.',
      },
    );
  }
  return {
    accessToken,
    refreshToken,
    expiresIn: expiresIn !== undefined && expiresIn > 0 ? expiresIn : undefined,
    scopes: scope === undefined ? undefined : readScopes(scope),
  };
}

/** Who somebody is there is not our business, and a fault in it none either. */
async function withoutIdToken(answer: Response): Promise<Response> {
  const text = await answer.text();
  const kept = (body: string) =>
    new Response(body === '' ? null : body, { status: answer.status, headers: answer.headers });
  try {
    const { id_token: _, ...rest } = JSON.parse(text) as Record<string, unknown>;
    return kept(JSON.stringify(rest));
  } catch {
    return kept(text);
  }
}
