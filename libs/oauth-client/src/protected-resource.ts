import type { OAuthHttp } from './bounded-fetch.js';
import type { Challenge } from './challenge.js';
import { readEndpoint, transportRuleOf, unsafe } from './endpoints.js';
import { findJsonDocument, textsIn } from './json-document.js';
import { hasPath, insertWellKnown } from './well-known.js';

/** What a server says about itself as one that asks for tokens (RFC 9728). */
export interface ProtectedResource {
  /** What tokens for it are asked for (RFC 8707). */
  resource: string;
  authorizationServers: readonly string[];
  scopes: readonly string[] | undefined;
}

const WELL_KNOWN = 'oauth-protected-resource';
const MOST_SERVERS = 10;

/**
 * Undefined for a server that publishes nothing, as in the revision of 2025-03-26.
 * @throws OAuthClientError
 */
export async function findProtectedResource(
  http: OAuthHttp,
  serverUrl: string,
  challenge: Challenge | undefined,
): Promise<ProtectedResource | undefined> {
  for (const url of placesOf(serverUrl, challenge)) {
    const found = await findJsonDocument(http, url);
    if (found.document) return readResource(found.document, serverUrl);
    if (found.why === 'odd') throw unsafe('its resource metadata cannot be read just now.');
  }
  if (challenge?.resourceMetadata) throw unsafe('the resource metadata that it names does not exist.');
  return undefined;
}

/** What the server names comes alone; else the form with its path comes before the one without. */
function placesOf(serverUrl: string, challenge: Challenge | undefined): string[] {
  if (challenge?.resourceMetadata) {
    return [
      readEndpoint(challenge.resourceMetadata, 'The address of its resource metadata', transportRuleOf(serverUrl)),
    ];
  }
  const { origin } = new URL(serverUrl);
  const root = insertWellKnown(origin, WELL_KNOWN);
  return hasPath(serverUrl) ? [insertWellKnown(serverUrl, WELL_KNOWN), root] : [root];
}

function readResource(document: Record<string, unknown>, serverUrl: string): ProtectedResource {
  const { resource } = document;
  if (typeof resource !== 'string' || !covers(resource, serverUrl)) {
    throw unsafe('its resource metadata is about another resource than the URL of the server.');
  }
  return {
    resource,
    authorizationServers: (textsIn(document.authorization_servers) ?? []).slice(0, MOST_SERVERS),
    scopes: textsIn(document.scopes_supported),
  };
}

/** The server itself, or what it is a part of. */
function covers(resource: string, serverUrl: string): boolean {
  const whole = URL.parse(resource);
  const server = new URL(serverUrl);
  if (!whole || whole.hash !== '' || whole.origin !== server.origin) return false;
  if (whole.search !== '' && whole.search !== server.search) return false;
  const withSlash = (path: string) => (path.endsWith('/') ? path : `${path}/`);
  return withSlash(server.pathname).startsWith(withSlash(whole.pathname));
}

/** How a server is named where it does not say it itself. */
export function canonicalResource(serverUrl: string): string {
  const { origin, pathname, search } = new URL(serverUrl);
  return `${origin}${pathname === '/' && search === '' ? '' : pathname}${search}`;
}
