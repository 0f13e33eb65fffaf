import type { Interruption, RelayedAnswer, RelayOptions } from '@app/mcp-client';
import type { ServerId } from '../../platform/ids.js';
import type { Unanswered } from './tool-outcome.js';

/** A call whose client sits at the other end: it and its answer are handed on as they are. */
export interface WantedRelay {
  serverId: ServerId;
  tool: string;
  arguments: Record<string, unknown>;
  /** Answers to what the server asked, or is about to. */
  input?: { responses?: Record<string, unknown>; state?: string } | undefined;
  /** Of a call that goes on: what it was let through by. */
  rule?: string | undefined;
}

/** Who hears of a relayed request while it runs, and answers for its client. */
export type RelayListener = Pick<
  RelayOptions,
  'onProgress' | 'onLog' | 'logLevel' | 'onNotification' | 'onRequest' | 'capabilities' | 'inputRequired'
> & { signal: Interruption };

/** An error of JSON-RPC, as the server said it. */
export interface RpcRefusal {
  code: number;
  message: string;
  data?: unknown;
}

/** What became of a request that was handed on as it is. */
export type RelayOutcome =
  /** With a result, be it that the tool failed. */
  { status: 'answered'; answer: RelayedAnswer } | { status: 'refused'; error: RpcRefusal } | Unanswered;

/** It was made: whatever came of it. */
export interface RelayedCall {
  status: 'made';
  outcome: RelayOutcome;
  logId: string;
  rule: string | null;
}
