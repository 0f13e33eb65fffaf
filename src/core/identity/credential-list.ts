import type { OrganizationId, UserId } from '../../platform/ids.js';
import type { Scope } from './principal.js';

/** One of the things by which a user is let in, as its owner sees it. */
export interface ListedCredential {
  id: string;
  kind: 'token_family' | 'cookie_session' | 'api_key' | 'oauth_client';
  /** Of a key or a client; null of a sign-in. */
  name: string | null;
  /** The one that asks. */
  isCurrent: boolean;
  deviceFingerprint: string | null;
  userAgent: string | null;
  /** Where a sign-in began. */
  ip: string | null;
  lastIp: string | null;
  createdAt: Date;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
  /** Of a key or a client; null of a sign-in, which has all. */
  scopes: Scope[] | null;
  organization: { id: OrganizationId; name: string };
}

/** Whose credentials are meant; what is absent limits nothing. */
export interface CredentialsOf {
  userId: UserId;
  organizationId?: OrganizationId;
  /** This one only. */
  id?: string;
  /** All but this one. */
  except?: string;
}

export interface EndedCredential {
  id: string;
  organizationId: OrganizationId;
  /** Of a key or a client; of a sign-in its user agent. */
  name: string;
}
