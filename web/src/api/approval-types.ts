import type { CallAnswer, DefinitionDiff, Person } from './tool-types.js';

export type ApprovalKind = 'call' | 'node' | 'tool';
export type ApprovalStatus = 'pending' | 'approved' | 'denied' | 'expired' | 'withdrawn' | 'superseded';

/** What the definition claims. */
export interface Risk {
  read_only: boolean;
  destructive: boolean;
  idempotent: boolean;
  open_world: boolean;
}

export interface Approval {
  id: string;
  kind: ApprovalKind;
  status: ApprovalStatus;
  title: string;
  server: { id: string; name: string };
  tool: string;
  pin: string;
  risk: Risk | null;
  /** Null for a definition. */
  arguments: Record<string, unknown> | null;
  why: string;
  requested_by: Person | null;
  via: string | null;
  /** Of the key or the client; what a client calls itself nobody has checked. */
  via_name: string | null;
  door: string | null;
  session_id: string | null;
  plan_id: string | null;
  node_id: string | null;
  created_at: string;
  /** Null: it waits as long as what it is about. */
  expires_at: string | null;
  decided_at: string | null;
  decided_by: Person | null;
  decision_reason: string | null;
  can_decide: boolean;
}

/** How far the call of an approved request has come. */
export interface HeldCall {
  status: string;
  answer: CallAnswer | null;
}

export interface ApprovalDetail extends Approval {
  definition: unknown;
  diff: DefinitionDiff | null;
  call: HeldCall | null;
}

/** What a link of a mail is about, and in whose name it decides. */
export interface ApprovalLink extends Omit<ApprovalDetail, 'call'> {
  acts_for: Person;
}

export interface ApprovalCounts {
  pending: number;
  calls: number;
  nodes: number;
  tools: number;
}

export interface ApprovalList {
  approvals: Approval[];
  counts: ApprovalCounts;
  next?: string;
}

/** What one argument must be: one of the three. */
export interface ArgumentRule {
  equals?: unknown;
  prefix?: string;
  one_of?: unknown[];
}

export type ScopeType = 'once' | 'session' | 'tool' | 'matching';

/** For how long, and for what, a decision stands. */
export interface DecisionScope {
  type: ScopeType;
  /** By JSON Pointer into the arguments. */
  match?: Record<string, ArgumentRule>;
  max_uses?: number;
  /** Seconds. */
  expires_in?: number;
}

export interface DecisionBody {
  decision: 'approve' | 'deny';
  reason?: string;
  /** Instead of those that were asked for. */
  arguments?: Record<string, unknown>;
  scope?: DecisionScope;
}

export interface Grant {
  id: string;
  server: { id: string; name: string };
  tool: string;
  scope: string;
  match: Record<string, ArgumentRule> | null;
  uses_left: number | null;
  expires_at: string | null;
  created_at: string;
  session_id: string | null;
  last_used_at: string | null;
}

export interface ApprovalStats {
  pending: number;
  counts: ApprovalCounts;
  oldest_pending_at: string | null;
  /** UTC; those on which something ended. */
  days: { date: string; approved: number; denied: number; expired: number; withdrawn: number; superseded: number }[];
  /** From the request to somebody's decision; null where nobody decided. */
  median_decision_seconds: number | null;
  servers: { server: { id: string; name: string }; pending: number; approved: number; denied: number }[];
}

/** `own`: calls made with one's keys, and tools of servers that one registered. */
export type ApprovalMails = 'none' | 'own' | 'all';
