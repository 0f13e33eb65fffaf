import type { NodeError, NodeResult, NodeStatus, Risk } from '@app/session-protocol';
import type { Id, PlanId, ServerId, SessionId, TurnId, UserId } from '../../platform/ids.js';

export interface Plan {
  id: PlanId;
  sessionId: SessionId;
  turnId: TurnId;
  revision: number;
  status: 'open' | 'finished';
  title: string;
  createdAt: Date;
  finishedAt: Date | null;
  /** `traceparent` of the turn that proposed it; absent where nothing is traced. */
  trace: string | null;
}

/** What an approval holds for. When one of them changes, it is void and the node is asked again. */
export interface ApprovalBinding {
  /** Absent when a rule approved. */
  userId?: UserId;
  /** The permission by which a rule approved. */
  grantId?: Id<'grant'>;
  revision: number;
  pin: string;
  /** Version of the server's address and credentials. */
  account: number;
  /** SHA-256 of the canonical arguments, references unresolved. */
  argumentsHash: string;
}

export interface TaskNodeRecord {
  sessionId: SessionId;
  /** `node1`, `node2`, …; never repeats in a session. */
  id: string;
  /** What the plan's author called it, unique in the plan. */
  key: string;
  planId: PlanId;
  ordinal: number;
  title: string;
  tool: string;
  serverId: ServerId;
  serverName: string;
  /** SHA-256 of the tool's definition when it was proposed. */
  pin: string;
  arguments: Record<string, unknown>;
  dependsOn: string[];
  risk: Risk;
  x: number;
  y: number;
  status: NodeStatus;
  /** Calls begun so far. */
  attempt: number;
  /** The attempt for which a job exists. */
  queuedAttempt: number;
  /** The fencing token of the run under way: who no longer holds it may not write its outcome. */
  claim: string | null;
  stopRequested: boolean;
  approval: ApprovalBinding | null;
  autoRule: string | null;
  edited: boolean;
  timeoutSeconds: number | null;
  startedAt: Date | null;
  finishedAt: Date | null;
  cause: string | null;
  error: NodeError | null;
  result: NodeResult | null;
  /** The node of an earlier run whose recorded result stands here. */
  reusedFrom: string | null;
  /** The node of an earlier run that is run again here. */
  rerunOf: string | null;
  /** No rule may approve it: an effect that may have happened before is repeated only on somebody's word. */
  needsPerson: boolean;
}

export const MAX_PLAN_NODES = 40;

/** May be called again after a process died in the middle: the tool says that a repeat changes nothing. */
export const isSafeToRepeat = (node: Pick<TaskNodeRecord, 'risk'>): boolean =>
  node.risk.read_only || node.risk.idempotent;
