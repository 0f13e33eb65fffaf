import type { OrganizationId, UserId } from '../../platform/ids.js';

export const ROLES = ['owner', 'admin', 'developer', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

/** Whoever calls, after their credential was read; every use case takes it first. */
export interface Principal {
  userId: UserId;
  username: string;
  organizationId: OrganizationId;
  role: Role;
  /** How the caller proved who they are. */
  via: 'access_token';
  /** The refresh family that the access token belongs to. */
  familyId: string;
  /** When the credential stops to count. */
  expiresAt: Date;
}
