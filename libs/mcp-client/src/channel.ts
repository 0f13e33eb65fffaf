import type { CurrentCall } from './current-call.js';
import type { Deadline } from './deadline.js';
import type { RequestMeta } from './meta.js';
import type { RawResult } from './raw-result.js';
import type { HttpTrace } from './upstream-fetch.js';

export interface ChannelRequest {
  method: string;
  params: RawResult;
  /** The JSON of `params`, where it is at hand. */
  paramsText?: string | undefined;
  /** What this round adds to the parameters. */
  input?: RawResult | undefined;
  meta?: RequestMeta | undefined;
  /** Beside those of the connection, where there are any. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Who hears of what happens meanwhile; without it the server may ask nothing. */
  call?: CurrentCall | undefined;
  /** Looks at an answer before it is parsed, where it comes as text; what it gives stands for the result. */
  recognise?: ((text: string, id: number) => RawResult | undefined) | undefined;
  deadline: Deadline;
  trace: HttpTrace;
  /** From now on the server may have seen the request. */
  leaving: () => void;
}

/** Our own way for the requests of a connection, past the SDK, which did the handshake. */
export interface Channel {
  /** Whether it carries any number of requests at a time, each with a stream of its own. */
  readonly multiplexed: boolean;
  /**
   * One request.
   * @returns the result as the server gave it
   * @throws what went wrong, for `toUpstreamError`; any error when the deadline ended it
   */
  request(request: ChannelRequest): Promise<RawResult>;
  /** Resolves when all that was said without waiting has left, or failed. */
  left(): Promise<void>;
}

/** Apart from the ids of the SDK, which did the handshake on the same connection and counts from 0. */
export const FIRST_ID = 1_000_000;

export const cancelledMessage = (requestId: number): RawResult => ({
  jsonrpc: '2.0',
  method: 'notifications/cancelled',
  params: { requestId, reason: 'Nobody waits for it any more.' },
});
