export interface RelayedAnswer {
  text: string | Buffer;
  isError: boolean;
  resultType?: string | undefined;
  result(): Record<string, unknown>;
}
import type { Unanswered } from './tool-outcome.js';

/** An error of JSON-RPC, as the server said it. */
export interface RpcRefusal {
  code: number;
  message: string;
  data?: unknown;
}

/** What became of a call that was handed on as it is. */
export type RelayOutcome =
  /** With a result, be it that the tool failed. */
  { status: 'answered'; answer: RelayedAnswer } | { status: 'refused'; error: RpcRefusal } | Unanswered;
