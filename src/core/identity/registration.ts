import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { UserId } from '../../platform/ids.js';

/** What somebody sent who wants an account; names as they were typed. */
export interface NewRegistration {
  email: string;
  password: string;
  firstName?: string | undefined;
  lastName?: string | undefined;
  organizationName?: string | undefined;
}

/** What a registration is shown as before there is an account; the same for an address that has one. */
export interface Registered {
  id: UserId;
  email: string;
  firstName: string | null;
  lastName: string | null;
}

/** A registration waits inside the link that confirms it: nothing is an account, or holds an address, before the click. */
const Pending = z.object({
  userId: z.string().transform((id) => id as UserId),
  /** The same for all registrations of the address that chose the same password. */
  choice: z.string(),
  passwordHash: z.string(),
  firstName: z.string().nullable(),
  lastName: z.string().nullable(),
  organizationName: z.string().nullable(),
});
export type PendingRegistration = z.infer<typeof Pending>;

/** @param details of links, newest first */
export const readPending = (details: readonly unknown[]): PendingRegistration[] =>
  details.flatMap((one) => {
    const { success, data } = Pending.safeParse(one);
    return success ? [data] : [];
  });

export const newChoice = (): string => randomBytes(16).toString('base64url');
