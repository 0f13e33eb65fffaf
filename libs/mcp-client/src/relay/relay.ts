import type { WaitOptions } from '../call.js';
import type { RawResult } from '../raw-result.js';

/** A request of somebody else, passed on as it is. */
export interface RelayRequest {
  method: string;
  /** Without `_meta`, which is between two neighbours. */
  params: RawResult;
  /** The JSON text of `params`, where it is at hand: it is sent as it stands. */
  paramsText?: string | undefined;
  /** What is passed on in `_meta` beside what we say there ourselves, for example `traceparent`. */
  meta?: RawResult | undefined;
  /** Of `tools/call`: the tool's input schema, which may ask for arguments in headers. */
  inputSchema?: unknown;
  /** To a server of the modern era: answers to what it asked in its `input_required`, and its state. */
  input?: { responses?: RawResult; state?: string } | undefined;
}

export interface RelayOptions extends WaitOptions {
  /** Hears the params as they came, with a token of ours. */
  onProgress?: ((params: RawResult) => void) | undefined;
  /** Hears logs from `logLevel` on; without a level those that the server sends unasked. */
  onLog?: ((params: RawResult) => void) | undefined;
  logLevel?: string | undefined;
  /** Hears what else the server says on the way. */
  onNotification?: ((method: string, params: RawResult) => void) | undefined;
  /**
   * Answers what the server asks on the way: `elicitation/create`, `sampling/createMessage`, `roots/list`. Throws
   * `RequestRefused` to answer with an error of its own. `signal` aborts when nobody waits for the answer any more. The
   * call's clock stands still meanwhile. Without it the server is told that nobody answers.
   */
  onRequest?: ((method: string, params: RawResult, options: { signal: AbortSignal }) => Promise<RawResult>) | undefined;
  /**
   * What the client behind this request can do, told to servers of the modern era; without `onRequest` nothing that the
   * server would have to ask for. A legacy server was told of the connection's own.
   */
  capabilities?: RawResult | undefined;
  /** What becomes of an `input_required`: it is put to `onRequest` (the default), or it is the answer. */
  inputRequired?: 'answer' | 'relay' | undefined;
}

/** The result of a relayed request. */
export interface RelayedAnswer {
  /** The JSON of the result, on one line: as the server wrote it, where that was in order. */
  readonly text: string;
  /** Of a tool. */
  readonly isError: boolean;
  /** Of a server of the modern era: `complete`, `input_required`, `task`. */
  readonly resultType: string | undefined;
  /** Read when it is first asked for. */
  result(): RawResult;
}
