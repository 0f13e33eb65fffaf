import type { Account } from './identity-types.js';

/** What a person is told when the same sign-in means something else than before; undefined when it does not. */
export function changeOfRights(before: Account, now: Account): string | undefined {
  if (before.user.id !== now.user.id) return undefined;
  if (before.organization.id !== now.organization.id) return `You are now in ${now.organization.name}.`;
  if (before.role !== now.role) return `Your role in ${now.organization.name} is now ${now.role}.`;
  return undefined;
}
