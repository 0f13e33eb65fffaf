import { dynamicClientRegistrationRequest, processDynamicClientRegistrationResponse } from 'oauth4webapi';
import type { ServerMetadata } from './authorization-server.js';
import type { OAuthHttp } from './bounded-fetch.js';
import { asServer } from './as-server.js';
import { sentThrough, toOAuthError } from './library.js';
import { OAuthClientError } from './oauth-error.js';
import { makeRegisteredKey } from './registered-key.js';

export const CLIENT_AUTHENTICATIONS = ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'] as const;
export type ClientAuthentication = (typeof CLIENT_AUTHENTICATIONS)[number];

/** Who we are at one authorization server, and no other. */
export interface OAuthClient {
  issuer: string;
  clientId: string;
  /** `document`: the client id is the address of our own metadata, which any authorization server may read. */
  origin: 'given' | 'document' | 'dynamic';
  authentication: ClientAuthentication;
  secret?: string;
  /** PEM, or a JWK as JSON. */
  privateKey?: string;
  /** When the secret ends, in seconds since 1970. */
  secretExpiresAt?: number;
}

/** What somebody registered by hand. */
export interface GivenClient {
  clientId: string;
  secret?: string | undefined;
  privateKey?: string | undefined;
}

export interface OurClient {
  name: string;
  /** Of the product, for people. */
  uri: string;
  redirectUri: string;
  /** Of our own client metadata document; undefined where nobody outside could read it. */
  documentUrl: string | undefined;
}

/** As a document at its address (CIMD), and in a registration (RFC 7591). */
export const clientMetadata = ({ name, uri, redirectUri }: OurClient) => ({
  client_name: name,
  client_uri: uri,
  redirect_uris: [redirectUri],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
});

/** Everybody reads the same one: what all of them take is a client without a secret, and without a key. */
export const clientDocument = (ours: OurClient & { documentUrl: string }) => ({
  client_id: ours.documentUrl,
  ...clientMetadata(ours),
  application_type: applicationTypeOf(ours.redirectUri),
  token_endpoint_auth_method: 'none',
});

/**
 * In the order of the specification: what was entered, our document, a registration.
 * @throws OAuthClientError OAUTH_CLIENT_NEEDED where only a person can get one
 */
export async function obtainClient(
  http: OAuthHttp,
  server: ServerMetadata,
  ours: OurClient,
  given: GivenClient | undefined,
): Promise<OAuthClient> {
  if (given) return givenClient(server, given);
  if (server.client_id_metadata_document_supported && ours.documentUrl) {
    return { issuer: server.issuer, clientId: ours.documentUrl, origin: 'document', authentication: 'none' };
  }
  if (server.registration_endpoint) return await register(http, server, ours);
  throw new OAuthClientError('OAUTH_CLIENT_NEEDED', 'The authorization server registers no clients by itself.', {
    fix: `Register a client there with the redirect URI ${ours.redirectUri}, and enter its client id for the server.`,
  });
}

export function givenClient(server: ServerMetadata, { clientId, secret, privateKey }: GivenClient): OAuthClient {
  const who = { issuer: server.issuer, clientId, origin: 'given' as const };
  if (privateKey) return { ...who, authentication: 'private_key_jwt', privateKey };
  return secret ? { ...who, authentication: bySecret(server), secret } : { ...who, authentication: 'none' };
}

async function register(http: OAuthHttp, server: ServerMetadata, ours: OurClient): Promise<OAuthClient> {
  const authentication = preferred(server);
  const key = authentication === 'private_key_jwt' ? await makeRegisteredKey(server) : undefined;
  const wanted = {
    ...clientMetadata(ours),
    application_type: applicationTypeOf(ours.redirectUri),
    token_endpoint_auth_method: authentication,
    ...key?.metadata,
  };
  try {
    const answer = await dynamicClientRegistrationRequest(asServer(server), wanted, sentThrough(http));
    const made = await processDynamicClientRegistrationResponse(await asRegistered(answer));
    const who = { issuer: server.issuer, clientId: made.client_id, origin: 'dynamic' as const };
    const secret = typeof made.client_secret === 'string' ? made.client_secret : undefined;
    const chosen = CLIENT_AUTHENTICATIONS.find((one) => one === made.token_endpoint_auth_method);
    if (key && (chosen === 'private_key_jwt' || (secret === undefined && chosen === undefined))) {
      return { ...who, authentication: 'private_key_jwt', privateKey: key.privateKey };
    }
    if (secret === undefined || chosen === 'none') return { ...who, authentication: 'none' };
    const ends = made.client_secret_expires_at;
    return {
      ...who,
      authentication: chosen ?? bySecret(server),
      secret,
      ...(typeof ends === 'number' && ends > 0 && { secretExpiresAt: ends }),
    };
  } catch (error) {
    throw toOAuthError(error, 'OAUTH_REGISTRATION_FAILED');
  }
}

/** RFC 7591 says 201, and when a secret ends; some answer 200, or do not say that it does not end. */
async function asRegistered(answer: Response): Promise<Response> {
  if (answer.status !== 200 && answer.status !== 201) return answer;
  const text = await answer.text();
  const as = (body: string) => new Response(body, { status: 201, headers: answer.headers });
  try {
    return as(JSON.stringify({ client_secret_expires_at: 0, ...(JSON.parse(text) as object) }));
  } catch {
    return as(text);
  }
}

/** OpenID Connect Registration: `web` refuses redirects to this machine. */
export const applicationTypeOf = (redirectUri: string): 'native' | 'web' =>
  /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(new URL(redirectUri).hostname) ? 'native' : 'web';

const supported = (server: ServerMetadata, one: ClientAuthentication): boolean =>
  server.token_endpoint_auth_methods_supported?.includes(one) ?? false;

/** A secret that nobody needs cannot leak. RFC 8414: who says nothing takes Basic. */
const preferred = (server: ServerMetadata): ClientAuthentication => {
  if (!server.token_endpoint_auth_methods_supported || supported(server, 'none')) return 'none';
  const takesSecret = supported(server, 'client_secret_basic') || supported(server, 'client_secret_post');
  return !takesSecret && supported(server, 'private_key_jwt') ? 'private_key_jwt' : bySecret(server);
};

const bySecret = (server: ServerMetadata): ClientAuthentication =>
  supported(server, 'client_secret_post') && !supported(server, 'client_secret_basic')
    ? 'client_secret_post'
    : 'client_secret_basic';
