import type { ApiKey, ReachedTool, Role, Scope } from '../api/identity-types.js';
import { plural } from '../ui/format.js';

export const SCOPE_WORDS: Record<Scope, string> = {
  'mcp:read': 'see servers, tools, sessions and files',
  'mcp:write': 'add and change servers, and everything mcp:execute allows',
  'mcp:execute': 'run sessions: ask, approve, call tools',
  admin: 'everything, members and activity included',
};

const SCOPES_OF: Record<Role, readonly Scope[]> = {
  owner: ['mcp:read', 'mcp:write', 'mcp:execute', 'admin'],
  admin: ['mcp:read', 'mcp:write', 'mcp:execute', 'admin'],
  developer: ['mcp:read', 'mcp:write', 'mcp:execute'],
  viewer: ['mcp:read'],
};

/** What a key of this person may be given: never more than the person has. */
export const scopesOf = (role: Role): readonly Scope[] => SCOPES_OF[role] ?? [];

const DAY = 86_400;

/** In seconds; an empty value never ends. */
export const EXPIRIES = [
  { value: String(30 * DAY), words: '30 days' },
  { value: String(90 * DAY), words: '90 days' },
  { value: String(365 * DAY), words: 'a year' },
  { value: '', words: 'never' },
] as const;

/** For how long the old secret goes on after a rotation, in seconds. */
export const OVERLAPS = [
  { value: 0, words: 'no longer: it ends now' },
  { value: 3_600, words: 'an hour' },
  { value: DAY, words: 'a day' },
  { value: 7 * DAY, words: 'a week' },
] as const;

/** A line for a terminal that shows that the key works. */
export const curlFor = (origin: string, key: string): string =>
  `curl ${origin}/api/v1/servers \\\n  -H "Authorization: Bearer ${key}"`;

/** What a key is limited to. */
export function limitWords(tools: readonly ReachedTool[]): string {
  const servers = tools.filter(({ tool }) => tool === '*').length;
  const single = tools.length - servers;
  const parts = [
    ...(servers > 0 ? [plural(servers, 'server')] : []),
    ...(single > 0 || servers === 0 ? [plural(single, 'tool')] : []),
  ];
  return `limited to ${parts.join(' and ')}`;
}

export type KeyState = 'never used' | 'live' | 'expired';

export function keyState({ expires_at, last_used_at }: ApiKey, now: number): KeyState {
  if (expires_at !== null && new Date(expires_at).getTime() <= now) return 'expired';
  return last_used_at === null ? 'never used' : 'live';
}
