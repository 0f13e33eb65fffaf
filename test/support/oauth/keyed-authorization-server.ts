import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Configuration, errors, Provider } from 'oidc-provider';
import type { ScriptedAuthorizationServer } from './scripted-authorization-server.js';

/** A client that somebody registered there by hand. */
export interface KeyedClient {
  clientId: string;
  /** Public. */
  key: JsonWebKey;
  grants: string[];
  redirectUri?: string;
}

/** What a client proved itself by. */
export interface Assertion {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
}

/** A real authorization server that takes clients with keys alone; whoever comes there allows everything. */
export interface KeyedAuthorizationServer extends Pick<
  ScriptedAuthorizationServer,
  'issuer' | 'accepts' | 'expireAll' | 'close'
> {
  assertions: Assertion[];
  /** Ids of clients that it did not accept. */
  refused: string[];
  /** How many grants were revoked. */
  revoked: () => number;
}

const SCOPES = 'tools:read offline_access';
const SOON_SECONDS = 120;

export async function startKeyedAuthorizationServer(
  clients: readonly KeyedClient[],
  algorithms: NonNullable<Configuration['enabledJWA']>['clientAuthSigningAlgValues'] = ['RS256', 'ES256', 'EdDSA'],
): Promise<KeyedAuthorizationServer> {
  const http = createServer();
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const assertions: Assertion[] = [];
  const given = new Map<string, { resource: unknown; scopes: string[] }>();
  let revoked = 0;
  const provider = new Provider(issuer, {
    clients: clients.map(({ clientId, key, grants, redirectUri }) => ({
      client_id: clientId,
      application_type: 'native' as const,
      token_endpoint_auth_method: 'private_key_jwt' as const,
      jwks: { keys: [key] },
      grant_types: grants,
      redirect_uris: redirectUri === undefined ? [] : [redirectUri],
      response_types: redirectUri === undefined ? [] : ['code' as const],
    })),
    clientAuthMethods: ['private_key_jwt'],
    enabledJWA: { clientAuthSigningAlgValues: algorithms },
    assertJwtClientAuthClaimsAndHeader: (_ctx, claims, header) => {
      assertions.push({ header, claims });
      const { aud, iat, exp } = claims as { aud: unknown; iat: number; exp: number };
      // As the newer specification has it: the issuer and nothing else, for a short time.
      if (aud !== issuer || exp - iat > SOON_SECONDS) throw new errors.InvalidClientAuth('not for here and now');
    },
    jwks: { keys: [signingKey()] },
    cookies: { keys: ['of tests only'] },
    scopes: SCOPES.split(' '),
    ttl: {
      AccessToken: 3_600,
      ClientCredentials: 3_600,
      RefreshToken: 3_600,
      Interaction: 60,
      Grant: 3_600,
      Session: 60,
    },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    issueRefreshToken: () => true,
    findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      registration: { enabled: true },
      revocation: { enabled: true, allowedPolicy: () => true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, resource) => ({
          scope: SCOPES,
          audience: resource,
          accessTokenFormat: 'opaque',
          accessTokenTTL: 3_600,
        }),
      },
    },
  });
  const remember = ({ jti, aud, scope }: { jti: string; aud?: unknown; scope?: string | undefined }) =>
    void given.set(jti, { resource: aud, scopes: (scope ?? '').split(' ') });
  provider.on('access_token.saved', remember);
  provider.on('client_credentials.saved', remember);
  const refused: string[] = [];
  provider.on('grant.error', ({ oidc }, error) => {
    if (error instanceof errors.InvalidClientAuth) refused.push(String(oidc.params?.client_id));
  });
  provider.on('grant.revoked', () => void (revoked += 1));
  const answer = provider.callback();
  http.on('request', (request, response) => {
    const isAsked = request.url?.startsWith('/interaction/');
    void (isAsked ? allow(provider, request, response) : answer(request, response)).catch(() => response.destroy());
  });
  return {
    issuer,
    assertions,
    refused,
    revoked: () => revoked,
    accepts: (token, resource, scope) => {
      const found = given.get(token ?? '');
      if (found?.resource !== resource) return 'no';
      return scope === undefined || found.scopes.includes(scope) ? 'yes' : 'scope';
    },
    expireAll: () => given.clear(),
    close: async () => {
      http.close();
      http.closeAllConnections();
      await Promise.resolve();
    },
  };
}

async function allow(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { params } = await provider.interactionDetails(request, response);
  const grant = new provider.Grant({ accountId: 'ada', clientId: String(params.client_id) });
  grant.addOIDCScope(String(params.scope));
  grant.addResourceScope(String(params.resource), String(params.scope));
  const consent = { grantId: await grant.save() };
  await provider.interactionFinished(request, response, { login: { accountId: 'ada' }, consent });
}

function signingKey(): JsonWebKey & { alg: string; use: string } {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  return { ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig' };
}
