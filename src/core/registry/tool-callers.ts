import type { UserId } from '../../platform/ids.js';
import { isAtLeast } from '../identity/permissions.js';
import type { Role } from '../identity/principal.js';

/** Who may call a tool, of those who may use its server: by role, or by name. */
export interface ToolCallers {
  /** Null: no role is enough. */
  leastRole: Role | null;
  users: readonly UserId[];
}

/** What is to be so; `null` for both: everybody who may use the server. */
export interface ToolCallersChange {
  leastRole: Role | null;
  /** Null: nobody is named. An empty list with no role: nobody at all. */
  users: readonly UserId[] | null;
}

export const MAX_NAMED_CALLERS = 100;

/** It counts for owners too: it says what is done with a tool, not who is trusted. */
export const isCaller = (
  { role, userId }: { role: Role; userId: UserId },
  { callers }: { callers: ToolCallers | null },
): boolean =>
  callers === null ||
  (callers.leastRole !== null && isAtLeast(role, callers.leastRole)) ||
  callers.users.includes(userId);
