import type { AuthorizationServer } from 'oauth4webapi';
import type { OAuthHttp } from './bounded-fetch.js';
import { readEndpoint, type TransportRule, unsafe } from './endpoints.js';
import { findJsonDocument, textsIn } from './json-document.js';
import { appendWellKnown, hasPath, insertWellKnown } from './well-known.js';

const OAUTH = 'oauth-authorization-server';
const OPENID = 'openid-configuration';
const ENDPOINTS = ['authorization_endpoint', 'token_endpoint', 'registration_endpoint', 'revocation_endpoint'] as const;

/** What of a document is used, checked; small enough to be kept with an account. */
export type ServerMetadata = Pick<
  AuthorizationServer,
  | 'issuer'
  | (typeof ENDPOINTS)[number]
  | 'scopes_supported'
  | 'token_endpoint_auth_methods_supported'
  | 'token_endpoint_auth_signing_alg_values_supported'
  | 'grant_types_supported'
  | 'authorization_response_iss_parameter_supported'
> & { client_id_metadata_document_supported?: boolean };

/** In the order of the specification. */
export function metadataPlaces(issuer: string): string[] {
  const inserted = [insertWellKnown(issuer, OAUTH), insertWellKnown(issuer, OPENID)];
  return hasPath(issuer) ? [...inserted, appendWellKnown(issuer, OPENID)] : inserted;
}

/**
 * `missing`: nothing is published. Which does not excuse one that is in trouble just now.
 * @param isIssuer whether the metadata may be of this one
 * @throws OAuthClientError
 */
export async function findServerMetadata(
  http: OAuthHttp,
  issuer: string,
  rule: TransportRule,
  // RFC 8414, section 3.3: the same text, or one server could speak for another.
  isIssuer: (told: string) => boolean = (told) => told === issuer,
): Promise<ServerMetadata | 'missing'> {
  readEndpoint(issuer, 'The issuer', rule);
  let isOdd = false;
  for (const url of metadataPlaces(issuer)) {
    const found = await findJsonDocument(http, url);
    if (found.document) return readMetadata(found.document, isIssuer, rule);
    isOdd ||= found.why === 'odd';
  }
  if (isOdd) throw unsafe('the metadata of its authorization server cannot be read just now.');
  return 'missing';
}

function readMetadata(
  document: Record<string, unknown>,
  isIssuer: (told: string) => boolean,
  rule: TransportRule,
): ServerMetadata {
  const { issuer } = document;
  if (typeof issuer !== 'string' || !isIssuer(issuer))
    throw unsafe('the metadata of its authorization server is of another issuer.');
  const methods = textsIn(document.code_challenge_methods_supported);
  if (document.authorization_endpoint !== undefined && !methods?.includes('S256')) {
    throw unsafe('its authorization server does not say that it protects codes by PKCE with S256.');
  }
  const scopes = textsIn(document.scopes_supported);
  const authMethods = textsIn(document.token_endpoint_auth_methods_supported);
  const signatures = textsIn(document.token_endpoint_auth_signing_alg_values_supported);
  const grants = textsIn(document.grant_types_supported);
  return {
    issuer,
    ...endpointsOf(document, rule),
    ...(scopes && { scopes_supported: scopes }),
    ...(authMethods && { token_endpoint_auth_methods_supported: authMethods }),
    ...(signatures && { token_endpoint_auth_signing_alg_values_supported: signatures }),
    ...(grants && { grant_types_supported: grants }),
    client_id_metadata_document_supported: document.client_id_metadata_document_supported === true,
    authorization_response_iss_parameter_supported: document.authorization_response_iss_parameter_supported === true,
  };
}

function endpointsOf(document: Record<string, unknown>, rule: TransportRule): Partial<ServerMetadata> {
  const given = ENDPOINTS.filter((name) => document[name] !== undefined && document[name] !== null);
  return Object.fromEntries(given.map((name) => [name, readEndpoint(document[name], `Its ${name}`, rule)]));
}

/** Of the revision of 2025-03-26, for servers that publish no metadata. */
export const defaultMetadata = (origin: string): ServerMetadata => ({
  issuer: origin,
  authorization_endpoint: `${origin}/authorize`,
  token_endpoint: `${origin}/token`,
  registration_endpoint: `${origin}/register`,
});
