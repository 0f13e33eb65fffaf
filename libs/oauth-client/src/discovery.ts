import { defaultMetadata, findServerMetadata, type ServerMetadata } from './authorization-server.js';
import type { OAuthHttp } from './bounded-fetch.js';
import type { Challenge } from './challenge.js';
import { transportRuleOf, unsafe } from './endpoints.js';
import { OAuthClientError } from './oauth-error.js';
import { canonicalResource, findProtectedResource } from './protected-resource.js';

/** Where and how one signs in to a server. */
export interface Discovery {
  /** What tokens are asked for. */
  resource: string;
  server: ServerMetadata;
  /** Of the resource. */
  scopes: readonly string[] | undefined;
}

/**
 * @param known.issuer of the authorization server in use so far: it stays while the server still names it
 * @throws OAuthClientError
 */
export async function discover(
  http: OAuthHttp,
  serverUrl: string,
  { challenge, issuer: before }: { challenge?: Challenge | undefined; issuer?: string | undefined } = {},
): Promise<Discovery> {
  const rule = transportRuleOf(serverUrl);
  const found = await findProtectedResource(http, serverUrl, challenge);
  const named = found?.authorizationServers ?? [];
  const issuer = named.find((one) => one === before) ?? named[0];
  if (found && issuer !== undefined) {
    const server = await findServerMetadata(http, issuer, rule);
    if (server === 'missing') throw unsafe('its authorization server publishes no metadata.');
    return { resource: found.resource, server, scopes: found.scopes };
  }
  const { origin } = new URL(serverUrl);
  // In the revision of 2025-03-26 the origin is its own authorization server, whatever part of it it is named by.
  const isOfOrigin = (issuer: string) => URL.parse(issuer)?.origin === origin;
  const server = await findServerMetadata(http, origin, rule, isOfOrigin);
  // Who answers without asking for anything has no endpoints either.
  if (server === 'missing' && !found && !challenge) throw notOffered();
  return {
    resource: found?.resource ?? canonicalResource(serverUrl),
    server: server === 'missing' ? defaultMetadata(origin) : server,
    scopes: found?.scopes,
  };
}

const notOffered = () =>
  new OAuthClientError('OAUTH_NOT_OFFERED', 'The server does not ask for a sign-in, and publishes no way to one.', {
    fix: 'Set its authentication to none, or to an API key.',
  });
