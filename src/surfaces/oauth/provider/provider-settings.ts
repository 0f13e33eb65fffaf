import { type Configuration, errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import { GRANT_SECONDS } from '../../../core/identity/client-grant.js';
import type { ClientDocuments } from '../../../core/oauth/client-documents.js';
import { faultOf, settle } from '../../../core/oauth/client-metadata.js';
import { RESOURCE_SCOPES } from '../../../core/oauth/resources.js';
import type { SigningKey } from '../../../core/oauth/signing-key.js';
import type { SigningKeys } from '../../../core/oauth/signing-keys.service.js';
import { CODE_SECONDS, INTERACTION_SECONDS, MAX_ACCESS_SECONDS } from '../../../core/oauth/token-lifetimes.js';
import { newId } from '../../../platform/ids.js';
import { renderError } from './error-page.js';
import { settleRequest } from './request-rules.js';
import { storedModels, type StoredModelsParts } from './stored-models.js';

export interface ProviderParts extends StoredModelsParts {
  signingKeys: SigningKeys;
  documents: ClientDocuments;
  /** Whether clients may say who they are by a document. */
  takesDocuments: boolean;
  /** For one that is shorter than what is allowed at most. */
  accessSeconds: number;
}

interface ProviderKeys {
  signing: readonly SigningKey[];
  cookies: readonly string[];
}

const MAX_CLIENT_ID_LENGTH = 1_000;

/** The protocol as it is spoken here: OAuth 2.1 for MCP, and nothing that only OpenID Connect needs. */
export function providerSettings(parts: ProviderParts, keys: ProviderKeys): Configuration {
  const { resources } = parts;
  const seconds = Math.min(parts.accessSeconds, MAX_ACCESS_SECONDS);
  return {
    adapter: storedModels(parts),
    jwks: {
      keys: keys.signing.map(({ kid, privateJwk }) => ({ ...privateJwk, kid, alg: 'RS256', use: 'sig' })),
    },
    scopes: [...RESOURCE_SCOPES, 'offline_access'],
    claims: {},
    responseTypes: ['code'],
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    pkce: { required: () => true },
    // The page that decides says each time who is signed in: no second memory of it.
    interactions: { url: (_ctx, { uid }) => `/oauth/interaction/${uid}`, policy: alwaysAsk() },
    cookies: {
      names: { interaction: 'switchyard_authorization', resume: 'switchyard_resume', session: SESSION_COOKIE },
      short: { httpOnly: true, sameSite: 'lax', signed: true },
      long: { httpOnly: true, sameSite: 'lax', signed: true },
      keys: [...keys.cookies],
    },
    routes: {
      authorization: '/authorize',
      token: '/token',
      registration: '/register',
      revocation: '/revoke',
      jwks: '/jwks',
    },
    ttl: {
      AccessToken: seconds,
      AuthorizationCode: CODE_SECONDS,
      RefreshToken: GRANT_SECONDS,
      Grant: GRANT_SECONDS,
      Interaction: INTERACTION_SECONDS,
      Session: INTERACTION_SECONDS,
    },
    findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    loadExistingGrant: async ({ oidc }) => {
      const grantId = oidc.result?.consent?.grantId;
      return grantId === undefined ? undefined : oidc.provider.Grant.find(grantId);
    },
    extraTokenClaims: async (_ctx, token) => {
      if (!('grantId' in token)) return undefined;
      const grant = await parts.grants.find(token.grantId ?? '');
      if (!grant) throw new errors.InvalidGrant('grant not found');
      await parts.grants.renew(grant.id);
      await parts.clients.noteUse(grant.clientId);
      return { org: grant.organizationId, gid: grant.id };
    },
    // By the clock of the product, as all that is checked.
    formats: {
      customizers: {
        jwt: (_ctx, _token, { payload }) => {
          const iat = Math.floor(parts.clock.ms() / 1_000);
          Object.assign(payload, { iat, exp: iat + seconds });
        },
      },
    },
    expiresWithSession: () => false,
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    // A name that the protocol does not know: it is looked at last, when all else was found right.
    extraParams: { switchyard_settled: (ctx: KoaContextWithOIDC) => settleRequest(ctx) },
    extraClientMetadata: { properties: ['software_id', 'software_version'], validator: checkMetadata },
    // All that is fetched for a stranger's document goes through the guard.
    fetch: (url) => parts.documents.fetch(url instanceof Request ? url.url : url.toString()),
    renderError,
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      dPoP: { enabled: false },
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      registration: { enabled: true, idFactory: () => newId('client'), issueRegistrationAccessToken: false },
      clientIdMetadataDocument: {
        enabled: parts.takesDocuments,
        ack: 'draft-02',
        allowFetch: (_ctx, id) => id.length <= MAX_CLIENT_ID_LENGTH && new URL(id).pathname !== '/',
        cacheDuration: { min: 60, max: 86_400 },
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: (_ctx, _client, oneOf) => oneOf?.[0] ?? resources.at('/mcp'),
        useGrantedResource: () => true,
        getResourceServerInfo: async (_ctx, identifier) => {
          const resource = resources.read(identifier);
          if (!resource) throw new errors.InvalidTarget('there is no such resource');
          const kid = parts.signingKeys.activeOf(keys.signing)?.kid;
          return {
            scope: RESOURCE_SCOPES.join(' '),
            audience: resource.identifier,
            accessTokenTTL: seconds,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: 'RS256', ...(kid !== undefined && { kid }) } },
          };
        },
      },
    },
  };
}

/** Set by the library once somebody is signed in for an answer; it names nothing that is kept. */
export const SESSION_COOKIE = 'switchyard_unused';

/** Each request goes to our page, unless it carries what was decided there. */
function alwaysAsk() {
  const { Check, Prompt } = interactionPolicy;
  const policy = interactionPolicy.base();
  policy.clear();
  const undecided = () =>
    new Check('undecided', 'a person has to decide', ({ oidc }) =>
      oidc.result?.login === undefined ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT,
    );
  policy.add(new Prompt({ name: 'login', requestable: true }, undecided()));
  policy.add(new Prompt({ name: 'consent', requestable: true }, undecided()));
  return policy;
}

/** Called for each property that is listed; once is enough. @throws invalid_redirect_uri, invalid_client_metadata */
function checkMetadata(_ctx: unknown, key: string, _value: unknown, metadata: Record<string, unknown>): void {
  if (key !== 'software_id') return;
  settle(metadata);
  const fault = faultOf(metadata);
  // Which of the two it is the library tells by how it begins.
  if (fault !== undefined) throw new errors.InvalidClientMetadata(fault);
}
