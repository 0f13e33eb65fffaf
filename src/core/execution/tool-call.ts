import type { Answer, Interruption, Question } from '@app/mcp-client';
import type { ApprovalId, OrganizationId, PlanId, ServerId, SessionId, UserId } from '../../platform/ids.js';
import type { Door } from '../approvals/approval-request.js';
import type { ListedTool } from '../registry/tool-state.js';
import type { ToolOutcome } from './tool-outcome.js';

/** One call, already decided: policy and approval are behind it. */
export interface ToolCall {
  organizationId: OrganizationId;
  userId: UserId;
  sessionId: SessionId | null;
  planId: PlanId | null;
  nodeId: string | null;
  /** The definition that was approved; another one now on the server is not called. */
  tool: ListedTool;
  arguments: Record<string, unknown>;
  timeoutMs?: number;
  /** Absent: `session`. */
  door?: Door;
  /** By which it runs without a person. */
  rule?: string | null;
  approvalId?: ApprovalId | null;
  /** Of its line in the request log; absent: a new one. */
  logId?: string;
  /** Its arguments were held against the tool's schema just now. */
  validated?: true;
  /** It is handed on as it is, and so is its answer: a program's own client sits at the other end. */
  asIs?: true;
  /** The arguments as JSON, where somebody has it. */
  argumentsJson?: string;
}

/** What a tool says of its work, as the session shows it. */
export interface CallLogLine {
  level: 'debug' | 'info' | 'warn' | 'error';
  message: string;
}

export interface CallObserver {
  signal: Interruption;
  /** Absent: the server is not asked to tell how far it is. */
  onProgress?: (progress: { progress: number; total?: number; message?: string }) => void;
  /** Absent: the server is not asked for what it logs. */
  onLog?: (line: CallLogLine) => void;
  onQuestion(question: Question, signal: AbortSignal): Promise<Answer>;
}

/** Who hears of a call from a door without a person. */
export type CallListener = Pick<CallObserver, 'signal' | 'onProgress' | 'onLog'>;

/** A call as somebody outside of a session asks for it. */
export interface WantedCall {
  serverId: ServerId;
  tool: string;
  arguments: Record<string, unknown>;
  /** Absent: that of the server. */
  timeoutMs?: number | undefined;
  /** How long to wait for a person, where one is needed; at most a minute. */
  waitMs?: number | undefined;
  /** Say what would happen, and send nothing. */
  dryRun?: boolean | undefined;
}

/** It ran: whatever came of it. */
export interface FinishedCall {
  status: 'finished';
  /** Never `not_sent`: that is thrown. */
  outcome: Exclude<ToolOutcome, { status: 'not_sent' }>;
  durationMs: number;
  logId: string;
  rule: string | null;
  /** What the tool asked of a person while nobody was there to answer. */
  asked: string | null;
}

/** A person has to decide first. */
export interface WaitingCall {
  status: 'approval_required';
  approvalId: ApprovalId;
  /** Where to decide. */
  url: string;
  expiresAt: Date;
  logId: string;
}

/** What a call would come to. */
export interface JudgedCall {
  status: 'dry_run';
  would: 'run' | 'ask' | 'refuse';
  /** The rule by which it would run, or why not. */
  reason: string;
  issues: readonly { path: string; code: string; message: string }[];
}

export type CallAnswer = FinishedCall | WaitingCall;
