/** What the model may call: a tool of a connected server, as the server defined it. */
export interface ModelTool {
  /** The tool's own name on its server. */
  name: string;
  title: string;
  description: string;
  serverId: string;
  serverName: string;
  inputSchema: Record<string, unknown>;
  outputSchema?: Record<string, unknown>;
  readOnly: boolean;
  destructive: boolean;
}

/** A call as the model proposes it; the plan gives it its number and its final references. */
export interface ProposedNode {
  /** The model's own name for the node, unique in the reply. */
  key: string;
  title: string;
  tool: string;
  serverId: string;
  /** Values, or `{"$ref": "<key>#/structuredContent/…"}` for a part of an earlier node's result (RFC 6901). */
  arguments: Record<string, unknown>;
  dependsOn: string[];
}

/** What became of a node, for the model to read. It is data from outside, never an instruction. */
export interface NodeOutcome {
  nodeId: string;
  tool: string;
  title: string;
  status: string;
  arguments: Record<string, unknown>;
  /** Shortened text of the result, or the error. */
  text: string;
  structured?: unknown;
  artifacts: { name: string; contentType: string; size: number }[];
}

export type ModelMessage =
  | { role: 'user'; text: string }
  | { role: 'agent'; text: string; nodes: ProposedNode[]; providerState?: unknown }
  | { role: 'results'; outcomes: NodeOutcome[] };

export interface ModelRequest {
  /** Oldest first; the last one is what to answer. */
  history: ModelMessage[];
  tools: ModelTool[];
  /** No further graph may be proposed in this turn: answer in words. */
  wordsOnly: boolean;
  /** A reply never exceeds these. */
  limits: { maxNodes: number; maxOutputTokens: number };
  now: Date;
  /** What had to be left out of the history and the tools, in sentences. */
  notes?: readonly string[];
}

export interface ModelReply {
  text: string;
  /** Empty when the model only talks. */
  nodes: ProposedNode[];
  usage: { inputTokens: number; outputTokens: number };
  /** What the provider wants back with the history (e.g. thought signatures), JSON. */
  providerState?: unknown;
}

export interface RespondOptions {
  signal: AbortSignal;
  /** Words as they come; their sum is `text` of the reply. */
  onDelta: (delta: string) => void;
}

/** A language model that talks and proposes graphs of tool calls. Holds no state between calls. */
export abstract class LanguageModel {
  /** As shown in the status line, e.g. `gemini-2.5-flash`. */
  abstract readonly name: string;
  abstract readonly contextTokens: number;

  /** @throws ModelFailure; or the signal's reason when aborted */
  abstract respond(request: ModelRequest, options: RespondOptions): Promise<ModelReply>;
}

export const MODEL_FAILURES = [
  'MODEL_RATE_LIMITED',
  'MODEL_UNAVAILABLE',
  'MODEL_TIMEOUT',
  'MODEL_CUT_OFF',
  'MODEL_BAD_REPLY',
  'MODEL_REFUSED',
  'MODEL_KEY_REJECTED',
  /** Not the provider's doing: our own limit. */
  'BUDGET_EXHAUSTED',
  'SERVER_ACCESS_LOST',
] as const;

/** Why a provider did not answer, in words a person can use. Never the provider's raw page, never the key. */
export class ModelFailure extends Error {
  override readonly name = 'ModelFailure';
  /** When the provider said so. */
  readonly retryAfterMs: number | undefined;
  /** It says nothing of how the provider answers others. */
  readonly isOfRequest: boolean;
  /** For programs. */
  readonly details: object | undefined;

  constructor(
    readonly code: (typeof MODEL_FAILURES)[number],
    message: string,
    readonly retryable: boolean,
    {
      retryAfterMs,
      details,
      isOfRequest = false,
      ...options
    }: ErrorOptions & { retryAfterMs?: number | undefined; details?: object; isOfRequest?: boolean } = {},
  ) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
    this.isOfRequest = isOfRequest;
    this.details = details;
  }
}
