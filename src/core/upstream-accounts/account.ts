import type { GivenClient, OAuthClient, ServerMetadata } from '@app/oauth-client';
import type { Id, OrganizationId, ServerId, UserId } from '../../platform/ids.js';

export type AccountId = Id<'uac'>;

/** `shared`: one account for all who may use the server. `per_user`: each has their own. */
export const ACCOUNT_MODES = ['shared', 'per_user'] as const;
export type AccountMode = (typeof ACCOUNT_MODES)[number];

/** `client_credentials`: a machine account, which no person signs in. */
export const OAUTH_GRANTS = ['authorization_code', 'client_credentials'] as const;
export type OAuthGrant = (typeof OAUTH_GRANTS)[number];

/** How one signs in to a server with OAuth; its secrets are kept elsewhere. */
export interface OAuthSettings {
  account: AccountMode;
  grant: OAuthGrant;
  /** Registered by hand; null where we register ourselves. */
  clientId: string | null;
  /** Instead of those that the server asks for. */
  scopes: readonly string[] | null;
}

export const ACCOUNT_STATUSES = ['connected', 'needs_sign_in'] as const;
export type AccountStatus = (typeof ACCOUNT_STATUSES)[number];

/** A server, as far as its accounts are concerned. */
export interface SignInPlace {
  serverId: ServerId;
  organizationId: OrganizationId;
  name: string;
  url: string;
  sslVerify: boolean;
  /** Of every request to it; no secrets. */
  plainHeaders: Record<string, string>;
  /** Another one: another URL or another client, for which no token of before counts. */
  accountVersion: number;
  settings: OAuthSettings;
}

/** Whose account it is; null is that of all. */
export type AccountOwner = UserId | null;

/** What was agreed on with an authorization server. */
export interface Agreement {
  server: ServerMetadata;
  client: OAuthClient;
  resource: string;
  /** Asked for so far, by all sign-ins. */
  scopes: readonly string[];
}

export interface AccountTokens {
  accessToken: string;
  refreshToken?: string;
}

/** An account at a server, opened: it leaves this context as a description only. */
export interface Account {
  id: AccountId;
  organizationId: OrganizationId;
  serverId: ServerId;
  owner: AccountOwner;
  accountVersion: number;
  status: AccountStatus;
  /** Why it does not work, for people. */
  reason: string | null;
  agreement: Agreement;
  /** None where nobody is signed in any more. */
  tokens: AccountTokens | null;
  /** Raised with each change of the tokens. */
  version: number;
  expiresAt: Date | null;
  /** Asked for by the server after the last sign-in, and still missing. */
  wantedScopes: readonly string[];
  connectedBy: UserId | null;
  connectedAt: Date;
  refreshedAt: Date | null;
  lastUsedAt: Date | null;
}

/** How it stands with the account that somebody uses; `not_connected`: there is none. */
export const STANDINGS = [...ACCOUNT_STATUSES, 'not_connected'] as const;
export type Standing = (typeof STANDINGS)[number];

/** What people are shown: never a token, a client secret, or an address with a query. */
export interface AccountDescription {
  status: Standing;
  reason: string | null;
  issuer: string | null;
  scopes: readonly string[];
  wantedScopes: readonly string[];
  expiresAt: Date | null;
  connectedAt: Date | null;
  connectedBy: UserId | null;
  refreshedAt: Date | null;
  lastUsedAt: Date | null;
}

export type SignInSecrets = Omit<GivenClient, 'clientId'>;

/** The topic of hints about the account of a server; their data is nothing, the row is the truth. */
export const accountTopic = (serverId: string, owner: AccountOwner) => `upstream-account:${serverId}:${owner ?? ''}`;

/** Of hints that somebody signed in to a server, or out of it. */
export const serverAccountsTopic = (serverId: string) => `upstream-accounts:${serverId}`;

/** Where a person signs in: the page of the server in the web client. */
export const signInPath = (serverId: ServerId) => `/servers/${serverId}`;
