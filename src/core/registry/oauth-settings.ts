import { findPrivateKeyProblem } from '@app/oauth-client';
import { AppError } from '../../platform/errors/app-error.js';
import type {
  AccountMode,
  OAuthGrant,
  OAuthSettings,
  SignInPlace,
  SignInSecrets,
} from '../upstream-accounts/account.js';
import { type CredentialsInput, findSecretProblem } from './credentials.js';
import { credentialsRequired } from './registry.errors.js';
import { toSentHeaders } from './request-headers.js';
import type { AuthMethod, McpServer } from './server.js';

/** What a person enters; what is undefined stays, or is what it is by default. */
export interface OAuthInput {
  account?: AccountMode | undefined;
  grant?: OAuthGrant | undefined;
  /** Null or empty: none was registered by hand. */
  clientId?: string | null | undefined;
  clientSecret?: string | undefined;
  /** PEM, or a JWK as JSON; instead of a secret. */
  privateKey?: string | undefined;
  /** Null or empty: what the server asks for. */
  scopes?: readonly string[] | null | undefined;
}

/** How accounts sign in, and the secrets of the client that was entered. */
export interface SignInSetup {
  settings: OAuthSettings;
  secrets: SignInSecrets;
}

export const DEFAULT_OAUTH: OAuthSettings = {
  account: 'shared',
  grant: 'authorization_code',
  clientId: null,
  scopes: null,
};

interface Entered {
  authMethod: AuthMethod;
  oauth?: OAuthInput | undefined;
  credentials?: CredentialsInput | undefined;
}

/** Whether accounts sign in; else what is entered is a credential, an access token that somebody got elsewhere among them. */
export function entersSignIn({ authMethod, oauth, credentials }: Entered): boolean {
  const isByToken = Boolean(credentials?.accessToken);
  if (oauth && (authMethod !== 'oauth' || isByToken)) throw oauthDoesNotFit(isByToken);
  return authMethod === 'oauth' && !isByToken;
}

/** @throws AppError CREDENTIALS_REQUIRED, VALIDATION_ERROR */
export function readSignIn(input: OAuthInput = {}, before?: SignInSetup): SignInSetup {
  const known = before?.settings ?? DEFAULT_OAUTH;
  const clientId = input.clientId === undefined ? known.clientId : input.clientId || null;
  const scopes = input.scopes === undefined ? known.scopes : input.scopes;
  const settings: OAuthSettings = {
    account: input.account ?? known.account,
    grant: input.grant ?? known.grant,
    clientId,
    scopes: scopes && scopes.length > 0 ? scopes : null,
  };
  const secrets = secretsOf(input, clientId === known.clientId ? before?.secrets : undefined);
  refuseHalf(settings, secrets);
  return { settings, secrets };
}

/** Of the client that was entered with them; another client has others. */
function secretsOf({ clientSecret, privateKey }: OAuthInput, before: SignInSecrets = {}): SignInSecrets {
  if (clientSecret && privateKey) throw invalid('/oauth/private_key', 'does not go with a client secret');
  if (clientSecret) return { secret: clientSecret };
  return privateKey ? { privateKey } : before;
}

function refuseHalf({ account, grant, clientId }: OAuthSettings, { secret, privateKey }: SignInSecrets): void {
  const hasSecret = Boolean(secret) || Boolean(privateKey);
  if (clientId === null && (hasSecret || grant === 'client_credentials')) {
    throw credentialsRequired('/oauth/client_id', 'a client id');
  }
  const problem = secret ? findSecretProblem(secret) : privateKey && findPrivateKeyProblem(privateKey);
  if (problem) throw invalid(secret ? '/oauth/client_secret' : '/oauth/private_key', problem);
  if (grant !== 'client_credentials') return;
  if (!hasSecret) throw credentialsRequired('/oauth/client_secret', 'a client secret or a private key');
  if (account === 'per_user') throw invalid('/oauth/account', 'must be shared: a machine account is of nobody');
}

/** A server, as its accounts see it; undefined where nobody signs in. */
export function toSignInPlace(server: McpServer): SignInPlace | undefined {
  if (server.oauth === null) return undefined;
  const { id, organizationId, name, url, sslVerify, accountVersion, oauth: settings } = server;
  const plainHeaders = toSentHeaders(server.requestHeaders);
  return { serverId: id, organizationId, name, url, sslVerify, accountVersion, plainHeaders, settings };
}

const oauthDoesNotFit = (isByToken: boolean) =>
  invalid('/oauth', isByToken ? 'does not go with an access token' : 'goes with auth_method oauth only');

const invalid = (path: string, message: string) =>
  new AppError('invalid', 'VALIDATION_ERROR', `${path} ${message}.`, {
    issues: [{ path, code: 'invalid', message }],
  });
