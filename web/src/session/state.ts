import type {
  AuthenticationRequest,
  ConnectionStatus,
  Decision,
  ErrorPayload,
  InputRequest,
  LogLevel,
  PlanNode,
  RememberScope,
  TurnOutcome,
  RemovedEvents,
} from '@app/session-protocol';

/** A status this client has never heard of stays the word it was. */
export type ShownNode = Omit<PlanNode, 'status'> & { status: string; progress?: NodeProgress };

export interface NodeProgress {
  progress: number;
  total?: number;
  message?: string;
}

export interface Plan {
  plan_id: string;
  revision: number;
  status: 'open' | 'finished';
  title: string;
  turn_id?: string;
  nodes: ShownNode[];
}

export interface LogRow {
  seq: number;
  ts: string;
  level: LogLevel;
  message: string;
  source: string;
  node_id?: string;
}

export interface Artifact {
  artifact_id: string;
  name: string;
  url: string;
  content_type: string;
  size: number;
  sha256: string;
  plan_id?: string;
  node_id?: string;
  ts: string;
}

interface Item {
  /** Stable within the session. */
  key: string;
  ts: string;
}

export interface MessageItem extends Item {
  kind: 'message';
  message_id: string;
  sender: 'USER' | 'AGENT' | 'SYSTEM';
  text: string;
  streaming: boolean;
  turn_id?: string;
  client_msg_id?: string;
  /** The language model, where it is another one than who reads this would expect. */
  model?: string;
  /** The session's own, which could not answer. */
  instead_of?: string;
}

export type TranscriptItem =
  | MessageItem
  | (Item & { kind: 'plan'; plan_id: string; revision: number })
  | (Item & { kind: 'tool'; plan_id: string; node_id: string })
  | (Item & {
      kind: 'decision';
      plan_id: string;
      /** More than one where a rule decided on several in a row. */
      node_ids: string[];
      decision: Decision;
      by: string | null;
      automatic: boolean;
      rule?: string;
      reason?: string;
      remember?: RememberScope;
    })
  | (Item & { kind: 'artifact'; artifact_id: string })
  | (Item & { kind: 'question'; request: InputRequest; action?: string })
  | (Item & { kind: 'sign_in'; request: AuthenticationRequest; action?: string })
  | (Item & { kind: 'turn_end'; turn_id: string; outcome: TurnOutcome; reason?: string; notStarted: number })
  | (Item & { kind: 'error'; error: ErrorPayload })
  | (Item & { kind: 'model'; name: string })
  | (Item & { kind: 'gap'; from: string; to: string; removed?: RemovedEvents })
  | (Item & { kind: 'unknown'; type: string; raw: unknown });

/** An open stream of deltas; `next` is undefined once an index was missed, and the whole message is awaited. */
export interface Stream {
  next: number | undefined;
}

export interface SessionState {
  session_id: string;
  title: string;
  server_id: string;
  server_name: string;
  user_id: string;
  last_seq: number;
  /** The server has events after `last_seq` that did not come: ask for them. */
  behind: boolean;
  /** Set by the first snapshot. */
  ready: boolean;
  items: TranscriptItem[];
  streams: Record<string, Stream>;
  turn: { turn_id: string; status: 'running' | 'waiting'; since: string } | null;
  queued_turns: { turn_id: string; text: string }[];
  plans: Record<string, Plan>;
  plan_id: string | undefined;
  logs: LogRow[];
  artifacts: Artifact[];
  questions: InputRequest[];
  /** Calls that wait for a sign-in. */
  sign_ins: AuthenticationRequest[];
  connection: ConnectionStatus | undefined;
  /** Who said the last reply. */
  speaker: string | undefined;
  replay: { from: number; to: number } | undefined;
}

export const MAX_LOG_ROWS = 5_000;
/** Older turns are still on the server; the page keeps this many blocks. */
export const MAX_ITEMS = 4_000;

export function emptySession(session_id: string): SessionState {
  return {
    session_id,
    title: '',
    server_id: '',
    server_name: '',
    user_id: '',
    last_seq: 0,
    behind: false,
    ready: false,
    items: [],
    streams: {},
    turn: null,
    queued_turns: [],
    plans: {},
    plan_id: undefined,
    logs: [],
    artifacts: [],
    questions: [],
    sign_ins: [],
    connection: undefined,
    speaker: undefined,
    replay: undefined,
  };
}
