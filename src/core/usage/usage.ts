import type { OrganizationId, SessionId, UserId } from '../../platform/ids.js';

/** On whose account a model is asked. */
export interface Spender {
  organizationId: OrganizationId;
  userId: UserId;
  sessionId: SessionId;
}

export interface Spent {
  inputTokens: number;
  outputTokens: number;
  /** Millionths of a dollar; 0 where the model's price is not known. */
  microDollars: number;
}

/** What one reply may cost at most, as far as that can be told before. */
export interface Estimate {
  tokens: number;
  microDollars: number;
}

export const BUDGET_SCOPES = ['session', 'organization', 'instance'] as const;
export type BudgetScope = (typeof BUDGET_SCOPES)[number];

export interface Budget {
  scope: BudgetScope;
  unit: 'tokens' | 'usd';
  /** In its unit. */
  limit: number;
  used: number;
  /** By replies under way. */
  reserved: number;
  /** Absent for a session: its budget is for its whole life. */
  resetsAt?: Date;
}

export interface DayUsage extends Spent {
  /** UTC, `2026-11-21`. */
  day: string;
  model: string;
  replies: number;
}

export const MICRO = 1_000_000;

/** At dollars per million tokens, which are millionths of a dollar per token. */
export const costOf = (
  price: { input: number; output: number } | undefined,
  { inputTokens, outputTokens }: { inputTokens: number; outputTokens: number },
): number => (price ? Math.ceil(inputTokens * price.input + outputTokens * price.output) : 0);

export const dayOf = (moment: Date): string => moment.toISOString().slice(0, 10);

export const nextDay = (moment: Date): Date =>
  new Date(Date.UTC(moment.getUTCFullYear(), moment.getUTCMonth(), moment.getUTCDate() + 1));
