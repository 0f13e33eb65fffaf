import type { Id, OrganizationId, UserId } from '../../platform/ids.js';
import type { Scope } from './principal.js';

export type GrantId = Id<'grt'>;

/** How long a client is let in that asks for no new access token. */
export const GRANT_SECONDS = 30 * 86_400;
/** Of one client, at one resource: whoever connects again and again leaves the oldest behind. */
export const MAX_GRANTS_PER_CLIENT = 20;

/** What a person gave to a client: to speak for them in one organization, at one resource. */
export interface ClientGrant {
  id: GrantId;
  userId: UserId;
  organizationId: OrganizationId;
  clientId: string;
  /** As the client calls itself; nobody has checked it. */
  clientName: string;
  redirectUri: string;
  resource: string;
  scopes: Scope[];
  createdAt: Date;
  /** When a token was issued last. */
  renewedAt: Date;
}

/** As its owner sees it. */
export interface ConnectedClient extends ClientGrant {
  organization: { id: OrganizationId; name: string };
  lastUsedAt: Date | null;
  lastUsedIp: string | null;
}

export type NewClientGrant = Omit<ClientGrant, 'id' | 'createdAt' | 'renewedAt'> & { username: string };

/** Why a grant counts no more. */
export type EndOfGrant = 'revoked' | 'revoked_by_client' | 'token_reused' | 'replaced' | 'member_removed';
