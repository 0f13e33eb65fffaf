import type { Id, OrganizationId } from '../../platform/ids.js';
import type { Presentation } from './presentation.js';
import { type Role, type Scope, SCOPES } from './principal.js';
import type { ReachedTool } from './reach.js';
import { isPrintable } from './user.js';

/** Why a key ended before its time. */
export type EndOfKey = 'revoked' | 'rotated' | 'member_removed';

/** A key of a user in one organization; what it was made of is told once, when it is made. */
export interface ApiKey {
  id: Id<'key'>;
  organization: { id: OrganizationId; name: string };
  name: string;
  /** The last four characters. */
  hint: string;
  scopes: readonly Scope[];
  /** The tools that it is limited to; null: all that its user may call. */
  tools: readonly ReachedTool[] | null;
  /** How its client is shown tools; null: as the toolset or the organization says. */
  presentation: Presentation | null;
  createdAt: Date;
  /** Null: never. */
  expiresAt: Date | null;
  /** To about a minute. */
  lastUsedAt: Date | null;
  lastUsedIp: string | null;
}

export interface NewApiKey {
  name: string;
  scopes: readonly Scope[];
  /** Seconds; absent: it does not end by itself. */
  lifetimeSeconds?: number | undefined;
  tools?: readonly ReachedTool[] | null | undefined;
  presentation?: Presentation | null | undefined;
}

/** With the text that is shown only now. */
export interface MadeApiKey {
  apiKey: ApiKey;
  text: string;
}

export const MAX_KEY_NAME_LENGTH = 100;
export const MIN_KEY_SECONDS = 60;
/** Five years. */
export const MAX_KEY_SECONDS = 5 * 365 * 86_400;
/** A week. */
export const MAX_OVERLAP_SECONDS = 7 * 86_400;
export const MAX_KEYS_PER_USER = 100;

/** What a key may carry at most, by its maker's role: it never exceeds them. */
const SCOPES_OF = {
  owner: SCOPES,
  admin: SCOPES,
  developer: ['mcp:read', 'mcp:write', 'mcp:execute'],
  viewer: ['mcp:read'],
} as const satisfies Record<Role, readonly Scope[]>;

export const scopesBeyond = (role: Role, scopes: readonly Scope[]): Scope[] =>
  scopes.filter((scope) => !(SCOPES_OF[role] as readonly Scope[]).includes(scope));

/** @returns what is wrong with it, for people */
export function findKeyNameProblem(name: string): string | undefined {
  const length = [...name].length;
  if (length < 1 || length > MAX_KEY_NAME_LENGTH) return `must have 1 to ${MAX_KEY_NAME_LENGTH} characters`;
  return isPrintable(name) ? undefined : 'must not have control characters';
}
