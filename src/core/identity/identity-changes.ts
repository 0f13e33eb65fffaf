import { z } from 'zod';

/**
 * The hint that somebody is no more what they were: a credential ended, a role changed, a member was removed. It says whom
 * to look at, not what is true of them; for whoever keeps a principal longer than a request.
 */
export const IDENTITY_CHANGED = 'identity.changed';

/** Of the members that are there all must fit. */
const IdentityChange = z.object({
  credentialId: z.string().optional(),
  userId: z.string().optional(),
  organizationId: z.string().optional(),
});
export type IdentityChange = z.infer<typeof IdentityChange>;

/** Whom a hint is about; one that cannot be read is about everybody. */
export function concernedBy(data: unknown): (known: IdentityChange) => boolean {
  const { success, data: change } = IdentityChange.safeParse(data);
  if (!success) return () => true;
  const entries = Object.entries(change) as [keyof IdentityChange, string | undefined][];
  return (known) => entries.every(([name, value]) => value === undefined || known[name] === value);
}
