import type { LogLevel, NodeStatus, RememberScope, TurnOutcome } from './vocabulary.js';

export interface Position {
  x: number;
  y: number;
}

/** What the tool's own annotations claim; a hint from the server that offers it, never a proof. */
export interface Risk {
  read_only: boolean;
  destructive: boolean;
  idempotent: boolean;
  open_world: boolean;
}

export interface NodeError {
  code: string;
  message: string;
}

export interface NodeResult {
  /** The first lines of what the tool said, at most 2,000 characters. */
  preview: string;
  /** Present when it is small enough to travel with the event. */
  structured?: unknown;
  artifact_ids: string[];
}

export interface PlanNode {
  id: string;
  title: string;
  /** The call in a sentence, for people. */
  content: string;
  status: NodeStatus;
  position: Position;
  depends_on: string[];
  tool: string;
  server_id: string;
  server_name: string;
  /** As proposed or edited; may hold `{"$ref": "node1#/structuredContent/rows"}`. */
  arguments: Record<string, unknown>;
  risk: Risk;
  /** What a person may do with the node now. */
  allowed_decisions: Decision[];
  attempt: number;
  edited: boolean;
  /** The rule that approved it without a person. */
  auto_approved_by?: string;
  started_at?: string;
  finished_at?: string;
  duration_ms?: number;
  /** Where the operator finds what happened, when traces are kept. */
  trace_id?: string;
  /** Why it is skipped, cancelled or asked again. */
  cause?: string;
  error?: NodeError;
  result?: NodeResult;
  /** The node of an earlier run whose recorded result this is; it was not called again. */
  reused_from?: string;
  /** The node of an earlier run that this one runs again. */
  rerun_of?: string;
}

export const DECISIONS = ['approve', 'reject', 'edit', 'retry', 'resolve', 'rerun'] as const;
export type Decision = (typeof DECISIONS)[number];

export interface ConnectionStatus {
  status: 'online' | 'offline' | 'error';
  /** Milliseconds of the last MCP round trip. */
  latency: number | null;
  /** The language model in use. */
  model: string;
  /** By which `PATCH /sessions/{id}` chooses it. */
  model_id?: string;
  memory: { used: number; total: number; unit: 'MiB' | 'tokens' };
  /** Of the session so far; what models without a known price cost is not in it. */
  usage?: { input_tokens: number; output_tokens: number; cost_usd: number };
}

export interface InputRequest {
  request_id: string;
  plan_id: string;
  node_id: string;
  kind: 'form' | 'url';
  /** The name of the server that asks. */
  server_name: string;
  message: string;
  /** JSON Schema of the form. */
  schema?: Record<string, unknown>;
  url?: string;
  expires_at: string;
}

/** A call waits until somebody signs in to its server; `input_resolved` with the same id ends it. */
export interface AuthenticationRequest {
  request_id: string;
  plan_id: string;
  node_id: string;
  server_id: string;
  server_name: string;
  /** The page of the server, where one signs in. */
  url: string;
  reason: string;
  expires_at: string;
}

export interface PlanView {
  plan_id: string;
  revision: number;
  status: 'open' | 'finished';
  title: string;
  nodes: PlanNode[];
}

/** The state of a session that is not in the past: sent after every replay, and it wins. */
export interface SessionSnapshot {
  session: { id: string; title: string; server_id: string; created_at: string };
  last_seq: number;
  turn: { turn_id: string; status: 'running' | 'waiting' } | null;
  queued_turns: { turn_id: string; text: string }[];
  plan: PlanView | null;
  /** Ids of the nodes that wait for a person. */
  pending: string[];
  questions: InputRequest[];
  /** Calls that wait for somebody to sign in to their server. */
  sign_ins: AuthenticationRequest[];
  connection: ConnectionStatus;
}

/** Events that are stored and numbered. */
export interface DurableEvents {
  /** `model` and `model_name` when another one was chosen. */
  session_updated: { title: string; model?: string; model_name?: string };
  turn_started: { turn_id: string; client_msg_id?: string };
  turn_finished: { turn_id: string; outcome: TurnOutcome; reason?: string };
  chat_message: {
    message_id: string;
    sender: 'USER' | 'AGENT' | 'SYSTEM';
    text: string;
    timestamp: string;
    turn_id?: string;
    client_msg_id?: string;
    /** Which language model said it. */
    model?: string;
    /** The session's own model, where that could not answer and `model` stood in for it. */
    instead_of?: string;
  };
  task_graph_proposal: { plan_id: string; revision: number; turn_id: string; title: string; nodes: PlanNode[] };
  /** The node as it is now, whole. */
  task_update: { plan_id: string; revision: number; node_id: string } & Omit<PlanNode, 'id'>;
  task_decision: {
    plan_id: string;
    revision: number;
    node_id: string;
    decision: Decision;
    by: { user_id: string; username: string } | null;
    automatic: boolean;
    rule?: string;
    reason?: string;
    remember?: RememberScope;
    decision_id?: string;
  };
  log_entry: { timestamp: string; level: LogLevel; message: string; source: string; node_id?: string };
  artifact_generated: {
    artifact_id: string;
    name: string;
    url: string;
    content_type: string;
    size: number;
    sha256: string;
    plan_id?: string;
    node_id?: string;
  };
  input_request: InputRequest;
  authentication_required: AuthenticationRequest;
  input_resolved: { request_id: string; node_id: string; action: 'accept' | 'decline' | 'cancel' | 'expired' };
  /** Something went wrong that belongs to the session, e.g. a model that did not answer. */
  error: ErrorPayload;
}

/** Events that pass by: what they say is in a later durable event or in the snapshot. */
export interface PassingEvents {
  hello: {
    protocol: number;
    session_id: string;
    server_id: string;
    server_name: string;
    user: { id: string; username: string };
    last_seq: number;
    /** A client that heard nothing for 40 s should reconnect; the server pings this often. */
    heartbeat_sec: number;
  };
  connection_status: ConnectionStatus;
  chat_delta: { message_id: string; index: number; delta: string };
  task_progress: { plan_id: string; node_id: string; progress: number; total?: number; message?: string };
  replay_begin: { from: number; to: number };
  replay_end: { to: number; count: number };
  replay_unavailable: { after: number; first_seq: number; next_seq: number; removed?: RemovedEvents };
  session_snapshot: SessionSnapshot;
  /** Something waits for a person, and whoever hears this may see it; what waits is a list of its own. */
  approval_requested: { approval: ApprovalInfo };
  /** It was decided, or came to another end. */
  approval_resolved: { approval_id: string; status: ApprovalInfo['status']; by: ApprovalPerson | null };
  pong: { in_reply_to?: string; ts: string };
  /** The command that bore this id was carried out; a `ping` is answered by `pong` instead. */
  ack: { in_reply_to: string };
  error: ErrorPayload;
}

export interface ApprovalPerson {
  user_id: string | null;
  username: string;
}

/** A held call, a task of a plan or a definition of a tool, as whoever reads it may see it. */
export interface ApprovalInfo {
  id: string;
  kind: 'call' | 'node' | 'tool';
  status: 'pending' | 'approved' | 'denied' | 'expired' | 'withdrawn' | 'superseded';
  title: string;
  server: { id: string; name: string };
  tool: string;
  pin: string;
  risk: Risk | null;
  /** Null for a definition; in events also where they are large. */
  arguments: Record<string, unknown> | null;
  why: string;
  requested_by: ApprovalPerson | null;
  /** `api_key`, `oauth`: a program of theirs; else they were signed in themselves. */
  via: string | null;
  /** What the key is called, or the client calls itself, which nobody has checked. */
  via_name: string | null;
  door: 'session' | 'rest' | 'gateway' | null;
  session_id: string | null;
  plan_id: string | null;
  node_id: string | null;
  created_at: string;
  expires_at: string | null;
  decided_at: string | null;
  /** Null where a rule, the time or a change decided. */
  decided_by: ApprovalPerson | null;
  decision_reason: string | null;
  can_decide: boolean;
}

/** Old events that are kept no more, and the times of the first and the last of them. */
export interface RemovedEvents {
  events: number;
  from: string;
  to: string;
}

export interface ErrorPayload {
  code: string;
  message: string;
  retryable: boolean;
  in_reply_to?: string;
  turn_id?: string;
  details?: unknown;
}

export type DurableEventType = keyof DurableEvents;
export type PassingEventType = keyof PassingEvents;

export type DurableEvent = { [T in DurableEventType]: { type: T; payload: DurableEvents[T] } }[DurableEventType];
export type PassingEvent = { [T in PassingEventType]: { type: T; payload: PassingEvents[T] } }[PassingEventType];

interface Envelope {
  v: number;
  id: string;
  /** ISO 8601, UTC, milliseconds. */
  ts: string;
  session_id: string;
}

/** A stored event as it travels: `seq` is gapless within the session, from 1. */
export type DurableFrame = DurableEvent & Envelope & { seq: number };
export type PassingFrame = PassingEvent & Envelope & { seq?: undefined };
export type ServerFrame = DurableFrame | PassingFrame;
