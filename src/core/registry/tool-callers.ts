import type { ServerId, UserId } from '../../platform/ids.js';
import { isAtLeast, may } from '../identity/permissions.js';
import { type Principal, type Role, SCOPES } from '../identity/principal.js';
import { reachesTool } from '../identity/reach.js';
import { type AccessLevel, hasLevel } from './access.js';

/** Who may call a tool, of those who may use its server: by role, or by name. */
export interface ToolCallers {
  /** Null: no role is enough. */
  leastRole: Role | null;
  users: readonly { userId: UserId; username: string }[];
}

/** What is to be so; `null` for both: everybody who may use the server. */
export interface ToolCallersChange {
  leastRole: Role | null;
  /** Null: nobody is named. An empty list with no role: nobody at all. */
  users: readonly UserId[] | null;
}

/** What of a tool says who may call it. */
export interface GrantedTool {
  serverId: ServerId;
  name: string;
  /** Null: whoever may use the server. */
  callers: ToolCallers | null;
}

export const MAX_NAMED_CALLERS = 100;

/** It counts for owners too: it says what is done with a tool, not who is trusted. */
export const isCaller = (
  { role, userId }: { role: Role; userId: UserId },
  { callers }: { callers: ToolCallers | null },
): boolean =>
  callers === null ||
  (callers.leastRole !== null && isAtLeast(role, callers.leastRole)) ||
  callers.users.some((user) => user.userId === userId);

/** By role or name, and by what the key is limited to. */
export const isGranted = (principal: Principal, tool: GrantedTool): boolean =>
  isCaller(principal, tool) && reachesTool(principal, tool.serverId, tool.name);

/** With that level at its server. */
export const mayCallTool = (principal: Principal, level: AccessLevel, tool: GrantedTool): boolean =>
  may(principal, 'tools.call') && hasLevel(level, 'use') && isGranted(principal, tool);

/** A credential that lacks the scope is offered what its user may call, too: told what it lacks, its program asks for more. */
export const mayBeOffered = (principal: Principal, tool: GrantedTool): boolean =>
  mayCallTool({ ...principal, scopes: SCOPES }, 'use', tool);

/** Who manages the server sees who is named; others see themselves. */
export const callersSeenBy = (
  { userId }: Principal,
  level: AccessLevel,
  { callers }: GrantedTool,
): ToolCallers | null =>
  callers === null || hasLevel(level, 'manage')
    ? callers
    : { ...callers, users: callers.users.filter((user) => user.userId === userId) };
