import type { OrganizationId } from '../../platform/ids.js';
import type { OrganizationPlan } from './organization-plan.js';
import type { Role } from './principal.js';
import { isPrintable } from './user.js';

/** One of those that a user belongs to. */
export interface OrganizationOfMember {
  id: OrganizationId;
  name: string;
  /** The user's. */
  role: Role;
  membersCount: number;
  createdAt: Date;
}

/** One of all that there are. */
export interface OrganizationOfInstance {
  id: OrganizationId;
  name: string;
  createdAt: Date;
  plan: OrganizationPlan;
  /** It was given no plan of its own. */
  isPlanOfSettings: boolean;
  usersCount: number;
  servicesCount: number;
}

/** What counts for a plan. */
export interface OrganizationUse {
  users: number;
  /** Open ones that have not expired. */
  invitations: number;
  /** Servers but for our own demo. */
  services: number;
  /** Of programs, since midnight UTC. */
  requestsToday: number;
}

/** The one that a caller is in. */
export interface OrganizationDetails {
  id: OrganizationId;
  name: string;
  /** The caller's. */
  role: Role;
  createdAt: Date;
  plan: OrganizationPlan;
  use: OrganizationUse;
}

export const MAX_ORGANIZATION_NAME_LENGTH = 100;
/** To how many one user may belong. */
export const MAX_ORGANIZATIONS = 100;

/** @returns trimmed and NFC; undefined for what may not be a name */
export function cleanOrganizationName(text: string): string | undefined {
  const name = text.normalize('NFC').trim();
  const length = [...name].length;
  return length >= 1 && length <= MAX_ORGANIZATION_NAME_LENGTH && isPrintable(name) ? name : undefined;
}
