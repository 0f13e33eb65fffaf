import type { Deadline } from './deadline.js';
import type { Interruption } from './interruption.js';
import type { RawResult } from './raw-result.js';

export interface ToolCall {
  name: string;
  arguments?: Record<string, unknown>;
  /** The tool's input schema, if known: it may ask for arguments in headers. */
  inputSchema?: unknown;
}

/** A tool's result as the upstream gave it; not validated against the tool's output schema. */
export interface ToolResult extends RawResult {
  content: RawResult[];
  structuredContent?: unknown;
  isError?: boolean;
  _meta?: RawResult;
}

/** A tool in the words of the upstream, schemas untouched. */
export interface ToolDefinition extends RawResult {
  name: string;
  inputSchema: RawResult;
}

export interface Progress {
  progress: number;
  total?: number | undefined;
  message?: string | undefined;
}

export interface LogMessage {
  level: string;
  logger?: string | undefined;
  data: unknown;
}

/** What a tool asks of a person. */
export interface Question {
  kind: 'form' | 'url';
  message: string;
  schema?: RawResult;
  url?: string;
}

export interface Answer {
  action: 'accept' | 'decline' | 'cancel';
  content?: Record<string, string | number | boolean | string[]>;
}

/** Who hears of what happens while one call runs. */
export interface CallListeners {
  onProgress?: ((progress: Progress) => void) | undefined;
  onLog?: ((message: LogMessage) => void) | undefined;
  /** `signal` aborts when the call ends before the answer. The call's clock stands still meanwhile. */
  onQuestion?: ((question: Question, options: { signal: AbortSignal }) => Promise<Answer>) | undefined;
}

export interface WaitOptions {
  signal?: Interruption;
  timeoutMs?: number;
  /** Instead of both: of a larger piece of work, whose owner disposes it. */
  deadline?: Deadline;
}

export interface CallOptions extends CallListeners, WaitOptions {
  /**
   * A person is there to be asked. A legacy server may ask beside the stream of the call, so the call then has a session
   * to itself; without it `onQuestion` hears only what comes on the call's own stream.
   */
  attended?: boolean;
  /** W3C Trace Context: sent as the HTTP header and, as MCP reserves it (SEP-414), as `_meta.traceparent`. */
  traceparent?: string | undefined;
}
