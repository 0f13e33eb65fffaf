import type { OrganizationId, UserId } from '../../platform/ids.js';
import type { Presentation } from './presentation.js';
import type { Reach } from './reach.js';

/** From most to least. */
export const ROLES = ['owner', 'admin', 'developer', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

/** What a credential may be used for. A sign-in has all of them, a key those that it was given. */
export const SCOPES = ['mcp:read', 'mcp:write', 'mcp:execute', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** Whoever calls, after their credential was read; every use case takes it first. */
export interface Principal {
  userId: UserId;
  username: string;
  organizationId: OrganizationId;
  /** In the organization. */
  role: Role;
  scopes: readonly Scope[];
  /** May change what belongs to the whole instance; a flag apart from the roles. */
  instanceAdministrator: boolean;
  /** How the caller proved who they are. */
  via: 'access_token' | 'cookie' | 'api_key' | 'oauth';
  /** `fam_…` of a sign-in, `key_…` of a key, `grt_…` of what a client was given. */
  credentialId: string;
  /** When the credential stops to count; null for a key that never does. */
  expiresAt: Date | null;
  /** What a credential is limited to, within what its user may call; absent: nothing is taken from that. */
  reach?: Reach;
  /** How this client wants its tools shown; absent: as others say. */
  presentation?: Presentation;
}

/** Whether it counts no more. */
export const hasExpired = ({ expiresAt }: Pick<Principal, 'expiresAt'>, now: Date): boolean =>
  expiresAt !== null && expiresAt <= now;
