import type { OrganizationId, ServerId, UserId } from '../../platform/ids.js';
import type { Agreement } from './account.js';

/** Between the way to the authorization server and the way back. */
export interface BegunSignIn {
  serverId: ServerId;
  organizationId: OrganizationId;
  userId: UserId;
  username: string;
  accountVersion: number;
  agreement: Agreement;
  redirectUri: string;
  state: string;
  verifier: string;
}

/** How long the way may take. */
export const SIGN_IN_MS = 10 * 60_000;
