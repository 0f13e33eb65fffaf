import type { Id, OrganizationId } from '../../platform/ids.js';
import type { EmailAddress } from './email-address.js';
import type { Role } from './principal.js';

export interface Invitation {
  id: Id<'inv'>;
  organizationId: OrganizationId;
  organizationName: string;
  /** Whoever signs in with it may accept. */
  email: EmailAddress;
  role: Role;
  /** The username; null when they are gone. */
  invitedBy: string | null;
  inviterEmail: string | null;
  createdAt: Date;
  /** Each mail counts anew. */
  expiresAt: Date;
}

/** As those see it who sent it. */
export interface SentInvitation extends Invitation {
  expired: boolean;
}

export type EndOfInvitation = 'accepted' | 'declined' | 'revoked' | 'replaced';

export const INVITATION_DAYS = 7;
/** At a time, of one organization; also of one address, for the list that its owner sees. */
export const MAX_INVITATIONS = 100;
/** Mails in a day, of one organization: strangers get them. */
export const MAX_INVITATIONS_A_DAY = 200;

const LIFETIME_MS = INVITATION_DAYS * 86_400_000;

export const expiryOf = (mailedAt: Date): Date => new Date(mailedAt.getTime() + LIFETIME_MS);

export const mailedAt = ({ expiresAt }: Pick<Invitation, 'expiresAt'>): Date =>
  new Date(expiresAt.getTime() - LIFETIME_MS);

/** Behind `#`, as in all links by mail: opening the page sends the token to no server. */
export const invitationAddress = (origin: string, token: string): string => `${origin}/link/invitation#${token}`;
