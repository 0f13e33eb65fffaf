import { randomInt } from 'node:crypto';
import type { OrganizationId, UserId } from '../../platform/ids.js';
import type { EmailAddress } from './email-address.js';

export interface User {
  id: UserId;
  username: string;
  email: string;
  firstName: string | null;
  lastName: string | null;
  instanceAdministrator: boolean;
  lastLoginAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** A user and the organization they sign in to. */
export interface Account {
  user: User;
  organizationId: OrganizationId;
  isNew: boolean;
}

/** What is absent is chosen by us, or stays empty. */
export interface NewAccount {
  email: EmailAddress;
  id?: UserId;
  /** Clean already. */
  username?: string;
  firstName?: string | null;
  lastName?: string | null;
  /** Clean already. */
  organizationName?: string | null;
  passwordHash?: string | null;
  isInstanceAdministrator?: boolean;
}

/** What is absent stays; null takes a name away. */
export interface ProfileChanges {
  username?: string;
  firstName?: string | null;
  lastName?: string | null;
}

export const MAX_USERNAME_LENGTH = 64;
/** Control characters, line and paragraph separators, and those that turn the direction of writing. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

/** @returns trimmed and NFC; undefined for what may not be a username */
export function cleanUsername(text: string): string | undefined {
  const name = text.normalize('NFC').trim();
  const length = [...name].length;
  return length >= 1 && length <= MAX_USERNAME_LENGTH && !UNPRINTABLE.test(name) ? name : undefined;
}

export const isPrintable = (text: string): boolean => !UNPRINTABLE.test(text);

/** `ada.lovelace@example.com` is first called `ada.lovelace`. */
export function usernameFrom(email: EmailAddress): string {
  const local = email.slice(0, email.lastIndexOf('@')).replace(/\+.*$/, '');
  const name = local.replace(/[^\p{L}\p{M}\p{N}._-]/gu, '');
  return cleanUsername([...name].slice(0, 40).join('')) ?? 'user';
}

export const withSuffix = (username: string): string => `${username}-${randomInt(1_000, 10_000)}`;
