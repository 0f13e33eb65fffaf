import type { ApprovalStatus, Door } from '../approvals/approval-request.js';
import type { ApprovalId, OrganizationId, ServerId, UserId } from '../../platform/ids.js';
import type { SignInNeeded } from '../upstream-accounts/upstream-accounts.errors.js';
import type { ToolOutcome } from './tool-outcome.js';

/** What came of it, as it is kept for a day. */
export interface HeldAnswer {
  outcome: ToolOutcome;
  durationMs: number;
  asked: string | null;
  /** What the tool gave is not all here: it was too large to keep. */
  shortened?: true;
}

/** By which a held call is made. */
export const RULE_OF_HELD = 'a person approved this call';

/** `held` until somebody approves; what became of the request, its approval says. */
export type HeldState = 'held' | 'queued' | 'running' | 'finished';

/** Exactly what is to be sent, for whom, and as what it was approved. */
export interface HeldCall {
  approvalId: ApprovalId;
  organizationId: OrganizationId;
  userId: UserId;
  username: string;
  via: string;
  credentialId: string;
  door: Door;
  serverId: ServerId;
  tool: string;
  pin: string;
  accountVersion: number;
  /** What it may have done when its process died it may do again. */
  repeatable: boolean;
  arguments: Record<string, unknown>;
  timeoutMs: number | null;
  ip: string | null;
  userAgent: string | null;
  requestId: string | null;
  logId: string;
  state: HeldState;
  claim: string | null;
  answer: HeldAnswer | null;
  createdAt: Date;
}

/** A held call and where its approval stands, for who asked and for who decides. */
export interface HeldCallView {
  approvalId: ApprovalId;
  serverId: ServerId;
  serverName: string;
  tool: string;
  status: ApprovalStatus;
  /** Where to decide. */
  url: string;
  createdAt: Date;
  expiresAt: Date | null;
  decidedAt: Date | null;
  decidedBy: string | null;
  reason: string | null;
  state: HeldState;
  /** When it was made; twice, where somebody had to sign in first. */
  begunAt: Date | null;
  /** Once it is finished. */
  answer: HeldAnswer | null;
  logId: string;
  /** Of who asked. */
  requestId: string | null;
}

/** Of what the tool gave; more is in its files. */
const KEPT_BYTES = 1024 * 1024;

/** What is kept of an outcome: a very large one without its contents, which a preview stands for. */
export function toHeldAnswer(outcome: ToolOutcome, durationMs: number, asked: string | null): HeldAnswer {
  const whole: HeldAnswer = { outcome, durationMs, asked };
  if (!('output' in outcome) || JSON.stringify(outcome.output).length <= KEPT_BYTES) return whole;
  const output = { content: [{ type: 'text', text: outcome.preview }] };
  return { ...whole, outcome: { ...outcome, output }, shortened: true };
}

/** Where somebody has to sign in, so that a call came to nothing that can still be made. */
export const signInOf = ({ answer }: Pick<HeldCall, 'answer'>): SignInNeeded | undefined =>
  answer?.outcome.status === 'not_sent' ? answer.outcome.fault.signIn : undefined;
