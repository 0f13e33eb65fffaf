import type { Soon } from '@app/soon';
import type { Interruption } from './interruption.js';
import type { JsonObject } from './json/json.js';
import type { ParamHeader } from './modern/param-headers.js';

/** Revisions with sessions, and those in which each request stands alone. */
export type Era = 'legacy' | 'modern';

/** What stands behind the endpoint. The caller is the host's: the engine only hands it on. */
export interface McpBackend<Caller> {
  /** Who answers, as this caller sees it; capabilities may differ by era. Asked for often: keep it at hand. */
  describe(caller: Caller, era: Era): Soon<ServerDescription>;
  /** As clients of that era can read it. @throws ProtocolError for a cursor that is none */
  list(caller: Caller, what: Listed, cursor: string | undefined, era: Era): Soon<ListPage>;
  /** A request to be answered by a server. What it rejects with, but for a ProtocolError, is made a reply by `replyTo`. */
  request(caller: Caller, request: ClientRequest, exchange: Exchange): Promise<Reply>;
  /** What it throws, or all without it, is told to the client as an internal error. */
  replyTo?(request: ClientRequest, error: unknown): Reply;
  /**
   * What the caller wants to hear of from now on.
   * @returns what stops the listening
   */
  subscribe(caller: Caller, filter: SubscriptionFilter, hear: (notification: Notification) => void): () => void;
  /** Modern era: whether a request goes on when its connection breaks off, because its client will ask again for what came of it. */
  outlivesClient?(request: ClientRequest): boolean;
  /** The arguments of a tool that travel in headers too; those that come in are then compared with the body. */
  paramHeaders?(caller: Caller, tool: string): Soon<readonly ParamHeader[] | undefined>;
}

export interface ServerDescription {
  /** `{name, version, title?, icons?, …}` */
  info: JsonObject;
  instructions?: string | undefined;
  /** What is not among them is answered as an unknown method. */
  capabilities: JsonObject;
  /** How long a client of the modern era may keep this; 0 unless told. */
  ttlMs?: number | undefined;
}

export const LISTED = ['tools', 'resources', 'resourceTemplates', 'prompts'] as const;
export type Listed = (typeof LISTED)[number];

export interface ListPage {
  /** The JSON text of the array, in UTF-8. */
  json: string | Buffer;
  nextCursor?: string | undefined;
  /** How long a client of the modern era may keep it; 0 unless told. */
  ttlMs?: number | undefined;
  /** `private` unless told. */
  cacheScope?: CacheScope | undefined;
}

export type CacheScope = 'public' | 'private';

export interface ClientRequest {
  readonly id: string | number;
  readonly method: string;
  /** As the client wrote them, `_meta`, `inputResponses` and `requestState` included. */
  readonly params: JsonObject;
  /** `params._meta`, or an empty object. */
  readonly meta: JsonObject;
  readonly era: Era;
  readonly version: string;
  readonly sessionId: string | undefined;
  readonly clientInfo: JsonObject | undefined;
  readonly clientCapabilities: JsonObject;
  /** From which level on the client wants logs; undefined: in the modern era none, before it what the server thinks fit. */
  readonly logLevel: string | undefined;
  readonly progressToken: string | number | undefined;
  /** Answers to an earlier `input_required`, and the state that went with it: ours, of this principal and of this very request. */
  readonly input: RequestInput | undefined;
}

export interface RequestInput {
  responses: JsonObject;
  state: unknown;
}

/** What can be said to the client of a request while it waits. */
export interface Exchange {
  /** Ends when the client cancels, leaves for good, or the endpoint closes. */
  readonly signal: Interruption;
  /** `{progress, total?, message?}`; the token is set here. Dropped where the client asked for none. */
  progress(params: JsonObject): void;
  /** `{level, logger?, data}`; dropped below the level that the client wants. */
  log(params: JsonObject): void;
  /** Any other notification about this request. */
  notify(method: string, params: JsonObject): void;
  /** Asks the client; absent where questions are answers of kind `input_required`, or where there is no way to ask. */
  readonly ask?: (question: Question, options: AskOptions) => Promise<JsonObject>;
  /** Lets go of the connection, for the client to come back for the rest; absent where it could not. */
  readonly release?: () => void;
}

export const QUESTIONS = ['elicitation/create', 'sampling/createMessage', 'roots/list'] as const;

export interface Question {
  method: (typeof QUESTIONS)[number];
  params: JsonObject;
}

export interface AskOptions {
  signal?: Interruption | undefined;
  /** Those of the endpoint unless told. */
  timeoutMs?: number | undefined;
}

export type Reply = ResultReply | InputRequiredReply | ErrorReply;

export interface ResultReply {
  kind: 'result';
  /** The JSON text of the result object, as whoever answered wrote it. */
  text: string | Buffer;
  /** Said to clients of the modern era where the text does not say it itself; `complete` unless told. */
  resultType?: string | undefined;
  /** As above, on what may be cached: 0 and `private` unless told. */
  ttlMs?: number | undefined;
  cacheScope?: CacheScope | undefined;
}

/** Modern era only. The client repeats its request, with the answers. */
export interface InputRequiredReply {
  kind: 'input_required';
  /** Key to `{method, params}`. */
  inputRequests?: JsonObject | undefined;
  /** JSON; travels sealed, and comes back as `request.input.state`. */
  state?: unknown;
}

export interface ErrorReply {
  kind: 'error';
  code: number;
  message: string;
  data?: unknown;
  /** Of HTTP; that of the protocol unless told. */
  status?: number | undefined;
}

export interface SubscriptionFilter {
  toolsListChanged?: boolean;
  promptsListChanged?: boolean;
  resourcesListChanged?: boolean;
  resourceSubscriptions?: readonly string[];
  /** What extensions add. */
  [extension: string]: unknown;
}

export interface Notification {
  method: string;
  params?: JsonObject | undefined;
}
