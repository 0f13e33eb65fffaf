import type { Id, OrganizationId, ServerId, SessionId, UserId } from '../../platform/ids.js';
import { type ArgumentPattern, matchesPattern } from './argument-pattern.js';
import type { CallToDecide } from './verdict.js';

/** What somebody may do from now on without being asked. Bound to one account of one server. */
export interface Grant {
  id: Id<'grant'>;
  organizationId: OrganizationId;
  /** Whose calls run by it. */
  userId: UserId;
  serverId: ServerId;
  accountVersion: number;
  /** Null: in all of their sessions, and outside. */
  sessionId: SessionId | null;
  /** Null, with the pin: every tool of the server. */
  tool: string | null;
  pin: string | null;
  match: ArgumentPattern | null;
  /** Null: as often as they like. */
  maxUses: number | null;
  uses: number;
  expiresAt: Date | null;
  createdAt: Date;
  lastUsedAt: Date | null;
}

export const GRANT_SCOPES = ['session', 'tool', 'matching', 'server_in_session'] as const;
/** `session`: this tool in this session. `tool`: this tool until it changes. `matching`: with arguments like these. */
export type GrantScope = (typeof GRANT_SCOPES)[number];

/** What is to be remembered of one decision. */
export interface Remembered {
  type: GrantScope;
  match?: ArgumentPattern | undefined;
  maxUses?: number | undefined;
  /** Seconds. */
  expiresIn?: number | undefined;
}

export const scopeOf = ({ sessionId, tool, match }: Grant): GrantScope => {
  if (match !== null) return 'matching';
  if (tool === null) return 'server_in_session';
  return sessionId === null ? 'tool' : 'session';
};

const RULES = {
  session: 'you allowed this tool for this session',
  tool: 'you allowed this tool until its definition changes',
  matching: 'you allowed calls of this tool with such arguments',
  server_in_session: 'you allowed this server for this session',
} as const satisfies Record<GrantScope, string>;

export const ruleOf = (grant: Grant): string => RULES[scopeOf(grant)];

/** The first permission that fits, of those without a count where there is one. */
export function findGrant(grants: readonly Grant[], call: CallToDecide, now: Date): Grant | undefined {
  const fitting = grants.filter((grant) => fits(grant, call, now));
  return fitting.find(({ maxUses }) => maxUses === null) ?? fitting[0];
}

function fits(grant: Grant, call: CallToDecide, now: Date): boolean {
  if (grant.organizationId !== call.organizationId || grant.userId !== call.userId) return false;
  if (grant.serverId !== call.serverId || grant.accountVersion !== call.accountVersion) return false;
  if (grant.sessionId !== null && grant.sessionId !== call.sessionId) return false;
  if (grant.tool !== null && (grant.tool !== call.tool || grant.pin !== call.pin)) return false;
  if (grant.maxUses !== null && grant.uses >= grant.maxUses) return false;
  if (grant.expiresAt !== null && grant.expiresAt <= now) return false;
  return grant.match === null || matchesPattern(grant.match, call.arguments);
}

/** The topic of hints that what is allowed at a server changed; the rows are the truth. */
export const grantsTopic = (serverId: string) => `grants:${serverId}`;
