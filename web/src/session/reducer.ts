import type { DurableEvents, PassingEvents } from '@app/session-protocol';
import { isRecord, type WireFrame } from '@app/session-protocol/client';
import { addItem, keyOf, readNode, withNode, withoutStreams } from './changes.js';
import { emptySession, MAX_LOG_ROWS, type Plan, type SessionState, type TranscriptItem } from './state.js';

type Payloads = DurableEvents & PassingEvents;
type Handlers = {
  [Type in keyof Payloads]: (state: SessionState, payload: Payloads[Type], frame: WireFrame) => SessionState;
};

/** Statuses of a node that has had, or is having, its call. */
const CALLED = new Set(['running', 'retrying', 'succeeded', 'failed', 'timed_out', 'outcome_unknown']);
const NOT_STARTED = new Set(['pending', 'approved', 'blocked', 'cancelled']);

const handlers: Handlers = {
  hello: (state, payload) => ({
    ...withoutStreams(state),
    session_id: payload.session_id,
    server_id: payload.server_id,
    server_name: payload.server_name,
    user_id: payload.user?.id ?? state.user_id,
  }),
  connection_status: (state, payload) => ({ ...state, connection: payload }),
  pong: (state) => state,
  ack: (state) => state,
  // What waits is a list of its own, which follows a stream of its own.
  approval_requested: (state) => state,
  approval_resolved: (state) => state,

  replay_begin: (state, { from, to }) => ({ ...withoutStreams(state), replay: { from, to } }),
  replay_end: (state) => ({ ...state, replay: undefined }),
  replay_unavailable: (before, { first_seq, next_seq, removed }, frame) => {
    const previous = before.items.at(-1)?.ts ?? frame.ts;
    // A log that ends before what we have is another one, e.g. from a backup: nothing of ours is of it.
    const { server_id, server_name, user_id } = before;
    const anew = { ...emptySession(before.session_id), server_id, server_name, user_id };
    const state = before.last_seq >= next_seq ? anew : before;
    const gap: TranscriptItem = {
      kind: 'gap',
      key: `gap-${first_seq}`,
      ts: frame.ts,
      from: previous,
      to: frame.ts,
      ...(removed === undefined ? {} : { removed }),
    };
    // What is left of the log begins at first_seq; being behind makes the client ask for it.
    const last_seq = Math.max(state.last_seq, first_seq - 1);
    return { ...addItem(state, gap), last_seq, behind: true };
  },

  session_snapshot: (state, snapshot) => {
    const next: SessionState = {
      ...state,
      session_id: snapshot.session.id,
      server_id: snapshot.session.server_id,
      title: snapshot.session.title,
      turn: snapshot.turn && {
        ...snapshot.turn,
        since: state.turn?.turn_id === snapshot.turn.turn_id ? state.turn.since : '',
      },
      queued_turns: snapshot.queued_turns,
      questions: snapshot.questions,
      // Of a server of before there is none.
      sign_ins: snapshot.sign_ins ?? [],
      connection: snapshot.connection,
      replay: undefined,
      ready: true,
      behind: snapshot.last_seq > state.last_seq,
    };
    if (snapshot.plan) {
      const nodes = snapshot.plan.nodes.map(readNode);
      const turn_id = state.plans[snapshot.plan.plan_id]?.turn_id ?? snapshot.turn?.turn_id;
      const plan: Plan = { ...snapshot.plan, nodes, ...(turn_id === undefined ? {} : { turn_id }) };
      return { ...next, plans: { ...state.plans, [plan.plan_id]: plan }, plan_id: plan.plan_id };
    }
    const last = state.plan_id === undefined ? undefined : state.plans[state.plan_id];
    if (!last) return next;
    return { ...next, plans: { ...state.plans, [last.plan_id]: { ...last, status: 'finished' } } };
  },

  session_updated: (before, { title, model, model_name }, frame) => {
    const state = { ...before, title };
    if (model_name === undefined) return state;
    const { connection } = state;
    const chosen = connection && {
      ...connection,
      model: model_name,
      ...(model === undefined ? {} : { model_id: model }),
    };
    return addItem(
      { ...state, connection: chosen, speaker: model_name },
      { kind: 'model', key: keyOf(frame), ts: frame.ts, name: model_name },
    );
  },
  turn_started: (state, { turn_id }, frame) => ({
    ...state,
    turn: { turn_id, status: 'running', since: frame.ts },
    queued_turns: state.queued_turns.filter((turn) => turn.turn_id !== turn_id),
  }),
  turn_finished: (state, { turn_id, outcome, reason }, frame) => {
    const plan = Object.values(state.plans).find((one) => one.turn_id === turn_id);
    const closed: SessionState = {
      ...withoutStreams(state),
      turn: state.turn?.turn_id === turn_id ? null : state.turn,
      queued_turns: state.queued_turns.filter((turn) => turn.turn_id !== turn_id),
      plans: plan ? { ...state.plans, [plan.plan_id]: { ...plan, status: 'finished' } } : state.plans,
    };
    if (outcome === 'done') return closed;
    const notStarted = plan?.nodes.filter((node) => NOT_STARTED.has(node.status)).length ?? 0;
    const end = { kind: 'turn_end', key: keyOf(frame), ts: frame.ts, turn_id, outcome, notStarted } as const;
    return addItem(closed, reason === undefined ? end : { ...end, reason });
  },

  chat_delta: (state, { message_id, index, delta }, frame) => {
    const known = state.items.find((item) => item.kind === 'message' && item.message_id === message_id);
    if (known && known.kind === 'message' && !known.streaming) return state;
    const stream = state.streams[message_id] ?? { next: 0 };
    if (stream.next !== index) {
      return { ...state, streams: { ...state.streams, [message_id]: { next: undefined } } };
    }
    const streams = { ...state.streams, [message_id]: { next: index + 1 } };
    if (known) {
      const items = state.items.map((item) =>
        item === known && item.kind === 'message' ? { ...item, text: item.text + delta } : item,
      );
      return { ...state, streams, items };
    }
    const head = { kind: 'message', key: message_id, ts: frame.ts, message_id, sender: 'AGENT' } as const;
    return addItem({ ...state, streams }, { ...head, text: delta, streaming: true });
  },
  chat_message: (state, payload, frame) => {
    const { message_id, sender, text, timestamp, turn_id, client_msg_id, model, instead_of } = payload;
    const item: TranscriptItem = {
      kind: 'message',
      key: message_id,
      ts: timestamp || frame.ts,
      message_id,
      sender,
      text,
      streaming: false,
      ...(turn_id === undefined ? {} : { turn_id }),
      ...(client_msg_id === undefined ? {} : { client_msg_id }),
      ...(model === undefined || (instead_of === undefined && model === (state.speaker ?? model)) ? {} : { model }),
      ...(instead_of === undefined ? {} : { instead_of }),
    };
    const { [message_id]: _done, ...streams } = state.streams;
    const waits = sender === 'USER' && turn_id !== undefined && state.turn !== null && state.turn.turn_id !== turn_id;
    const queued_turns = waits ? [...state.queued_turns, { turn_id, text }] : state.queued_turns;
    const next = { ...state, streams, queued_turns, speaker: instead_of ?? model ?? state.speaker };
    const streamed = state.items.some((one) => one.key === message_id);
    if (!streamed) return addItem(next, item);
    return { ...next, items: state.items.map((one) => (one.key === message_id ? item : one)) };
  },

  task_graph_proposal: (state, { plan_id, revision, turn_id, title, nodes }, frame) => {
    const plan: Plan = { plan_id, revision, turn_id, title, status: 'open', nodes: nodes.map(readNode) };
    const next = { ...state, plan_id, plans: { ...state.plans, [plan_id]: plan } };
    return addItem(next, { kind: 'plan', key: `${plan_id}-r${revision}`, ts: frame.ts, plan_id, revision });
  },
  task_update: (state, { plan_id, revision, node_id, ...node }, frame) => {
    const next = withNode(state, plan_id, revision, readNode({ ...node, id: node_id }));
    const key = `${plan_id}-${node_id}`;
    if (!CALLED.has(node.status) || state.items.some((item) => item.key === key)) return turnFromPlan(next);
    return turnFromPlan(addItem(next, { kind: 'tool', key, ts: frame.ts, plan_id, node_id }));
  },
  task_progress: (state, { plan_id, node_id, ...progress }) => {
    const plan = state.plans[plan_id];
    if (!plan) return state;
    const nodes = plan.nodes.map((node) => (node.id === node_id ? { ...node, progress } : node));
    return { ...state, plans: { ...state.plans, [plan_id]: { ...plan, nodes } } };
  },
  task_decision: (state, payload, frame) => {
    const { plan_id, node_id, decision, automatic, by, rule, reason, remember } = payload;
    const last = state.items.at(-1);
    const joins = last?.kind === 'decision' && last.automatic && automatic && last.plan_id === plan_id;
    if (joins && last.decision === decision && last.rule === rule) {
      return addItem(state, { ...last, node_ids: [...last.node_ids, node_id] });
    }
    return addItem(state, {
      kind: 'decision',
      key: keyOf(frame),
      ts: frame.ts,
      plan_id,
      node_ids: [node_id],
      decision,
      automatic,
      by: by?.username ?? null,
      ...(rule === undefined ? {} : { rule }),
      ...(reason === undefined ? {} : { reason }),
      ...(remember === undefined ? {} : { remember }),
    });
  },

  log_entry: (state, { timestamp, level, message, source, node_id }, frame) => {
    const row = { seq: frame.seq ?? 0, ts: timestamp || frame.ts, level, message, source };
    const logs = state.logs.length >= MAX_LOG_ROWS ? state.logs.slice(1 - MAX_LOG_ROWS) : [...state.logs];
    logs.push(node_id === undefined ? row : { ...row, node_id });
    return { ...state, logs };
  },
  artifact_generated: (state, payload, frame) => {
    const artifacts = state.artifacts.filter((one) => one.artifact_id !== payload.artifact_id);
    const { artifact_id } = payload;
    return addItem(
      { ...state, artifacts: [...artifacts, { ...payload, ts: frame.ts }] },
      { kind: 'artifact', key: `file-${artifact_id}`, ts: frame.ts, artifact_id },
    );
  },

  input_request: (state, request, frame) => {
    const others = state.questions.filter((one) => one.request_id !== request.request_id);
    const item = { kind: 'question', key: `ask-${request.request_id}`, ts: frame.ts, request } as const;
    return addItem({ ...state, questions: [...others, request] }, item);
  },
  authentication_required: (state, request, frame) => {
    const others = state.sign_ins.filter((one) => one.request_id !== request.request_id);
    const item = { kind: 'sign_in', key: `ask-${request.request_id}`, ts: frame.ts, request } as const;
    return addItem({ ...state, sign_ins: [...others, request] }, item);
  },
  input_resolved: (state, { request_id, action }) => ({
    ...state,
    sign_ins: state.sign_ins.filter((one) => one.request_id !== request_id),
    questions: state.questions.filter((one) => one.request_id !== request_id),
    items: state.items.map((item) => (item.key === `ask-${request_id}` ? { ...item, action } : item)),
  }),

  error: (state, error, frame) => {
    // Said just before the socket closes with 4401; the page gets a new token by itself and goes on.
    if (frame.seq === undefined && error.code === 'TOKEN_EXPIRED') return state;
    return addItem(state, { kind: 'error', key: keyOf(frame), ts: frame.ts, error });
  },
};

/** A turn waits when nothing of its plan moves and something of it needs a person. */
function turnFromPlan(state: SessionState): SessionState {
  const plan = state.plan_id === undefined ? undefined : state.plans[state.plan_id];
  if (!state.turn || !plan || plan.turn_id !== state.turn.turn_id) return state;
  const moves = plan.nodes.some((node) => ['approved', 'running', 'retrying'].includes(node.status));
  const asks = plan.nodes.some((node) => ['pending', 'outcome_unknown'].includes(node.status));
  const status = asks && !moves ? 'waiting' : 'running';
  return status === state.turn.status ? state : { ...state, turn: { ...state.turn, status } };
}

/**
 * The session after one frame. Pure. A durable frame at or before `last_seq` changes nothing; one that leaves a gap
 * is not taken, and `behind` says that the missing ones must be asked for. A type or a payload that this client does
 * not understand is kept raw and shown.
 */
export function reduce(state: SessionState, frame: WireFrame): SessionState {
  const { seq } = frame;
  if (seq !== undefined) {
    if (seq <= state.last_seq) return state;
    if (seq > state.last_seq + 1) return state.behind ? state : { ...state, behind: true };
  }
  const reached = seq === undefined ? state : { ...state, last_seq: seq };
  return apply(reached, frame);
}

function apply(state: SessionState, frame: WireFrame): SessionState {
  const known = Object.hasOwn(handlers, frame.type) && isRecord(frame.payload);
  if (!known) return addUnknown(state, frame);
  const handler = handlers[frame.type as keyof Payloads] as (
    state: SessionState,
    payload: unknown,
    frame: WireFrame,
  ) => SessionState;
  try {
    return handler(state, frame.payload, frame);
  } catch {
    return addUnknown(state, frame);
  }
}

function addUnknown(state: SessionState, frame: WireFrame): SessionState {
  return addItem(state, { kind: 'unknown', key: keyOf(frame), ts: frame.ts, type: frame.type, raw: frame.payload });
}
