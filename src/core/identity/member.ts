import type { UserId } from '../../platform/ids.js';
import type { Page } from '../../platform/page.js';
import { lastOwnerStays, ownerIsProtected, roleIsAboveOwn } from './organization.errors.js';
import { isAtLeast } from './permissions.js';
import type { Role } from './principal.js';

export interface Member {
  userId: UserId;
  username: string;
  email: string;
  firstName: string | null;
  lastName: string | null;
  role: Role;
  joinedAt: Date;
  /** Of the account. */
  createdAt: Date;
  lastLoginAt: Date | null;
}

export interface MemberPage extends Page<Member> {
  /** On all pages. */
  total: number;
}

/** @throws 403 unless the actor is an owner, or the member is none */
export function checkProtection(actor: { role: Role }, member: { role: Role }): void {
  if (member.role === 'owner' && actor.role !== 'owner') throw ownerIsProtected();
}

/** @throws 403 when the role is above the actor's own */
export function checkRoleToGive(actor: { role: Role }, role: Role): void {
  if (!isAtLeast(actor.role, role)) throw roleIsAboveOwn();
}

/** @throws 409 when nobody would be an owner any more */
export function checkOwnerStays(member: { role: Role }, owners: number): void {
  if (member.role === 'owner' && owners <= 1) throw lastOwnerStays();
}
