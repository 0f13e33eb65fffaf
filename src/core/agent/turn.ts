import type { PlanId, SessionId, TurnId } from '../../platform/ids.js';

export const TURN_STATUSES = ['queued', 'running', 'waiting', 'done', 'stopped', 'failed', 'superseded'] as const;
export type TurnStatus = (typeof TURN_STATUSES)[number];

/** One message of the user and all that the agent does about it. */
export interface Turn {
  id: TurnId;
  sessionId: SessionId;
  /** Absent when nobody wrote: a finished plan was run again. */
  text: string | null;
  clientMsgId: string | null;
  /** `waiting`: for its plan. */
  status: TurnStatus;
  /** Graphs proposed so far. */
  graphs: number;
  tokens: number;
  /** Who thinks about it now. */
  claim: string | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
}

export interface AgentReply {
  id: string;
  sessionId: SessionId;
  turnId: TurnId;
  planId: PlanId | null;
  text: string;
  providerState: unknown;
  createdAt: Date;
}

export const LIMITS = {
  graphsPerTurn: 6,
  tokensPerTurn: 500_000,
  nodesPerGraph: 20,
  outputTokens: 8_192,
  queuedTurns: 20,
  replyCharacters: 64_000,
} as const;

/** Told when the thinking about a turn is stopped. */
export const turnStopTopic = (id: TurnId) => `stop-turn:${id}`;
