import { isRecord, type WireFrame } from '@app/session-protocol/client';
import { MAX_ITEMS, type Plan, type SessionState, type ShownNode, type TranscriptItem } from './state.js';

export function keyOf(frame: WireFrame): string {
  return frame.seq === undefined ? `passing-${frame.id || `${frame.type}-${frame.ts}`}` : `seq-${frame.seq}`;
}

/** Adds a transcript block, or replaces the one of the same key in its place. */
export function addItem(state: SessionState, item: TranscriptItem): SessionState {
  if (state.items.some((one) => one.key === item.key)) {
    return { ...state, items: state.items.map((one) => (one.key === item.key ? item : one)) };
  }
  const kept = state.items.length >= MAX_ITEMS ? state.items.slice(1 - MAX_ITEMS) : state.items;
  return { ...state, items: [...kept, item] };
}

/** Half-streamed text belongs to a connection that is gone; the whole message comes with the log. */
export function withoutStreams(state: SessionState): SessionState {
  const open = (item: TranscriptItem) => item.kind === 'message' && item.streaming;
  return {
    ...state,
    streams: {},
    items: state.items.some(open) ? state.items.filter((item) => !open(item)) : state.items,
  };
}

export function withNode(state: SessionState, plan_id: string, revision: number, node: ShownNode): SessionState {
  const plan: Plan = state.plans[plan_id] ?? { plan_id, revision, status: 'open', title: '', nodes: [] };
  const known = plan.nodes.some((one) => one.id === node.id);
  const nodes = known ? plan.nodes.map((one) => (one.id === node.id ? node : one)) : [...plan.nodes, node];
  return {
    ...state,
    plans: { ...state.plans, [plan_id]: { ...plan, revision, nodes } },
    plan_id: state.plan_id ?? plan_id,
  };
}

/** A node with every list and object that the views walk present, whatever was sent. Throws if it has no id. */
export function readNode(raw: unknown): ShownNode {
  if (!isRecord(raw) || typeof raw.id !== 'string') throw new TypeError('A node needs an id.');
  const risk = isRecord(raw.risk) ? raw.risk : {};
  const result = isRecord(raw.result) ? raw.result : undefined;
  const error = isRecord(raw.error) ? raw.error : undefined;
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  const list = (value: unknown) => (Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []);
  const optional = {
    ...(typeof raw.auto_approved_by === 'string' ? { auto_approved_by: raw.auto_approved_by } : {}),
    ...(typeof raw.started_at === 'string' ? { started_at: raw.started_at } : {}),
    ...(typeof raw.finished_at === 'string' ? { finished_at: raw.finished_at } : {}),
    ...(typeof raw.trace_id === 'string' ? { trace_id: raw.trace_id } : {}),
    ...(typeof raw.duration_ms === 'number' ? { duration_ms: raw.duration_ms } : {}),
    ...(typeof raw.cause === 'string' ? { cause: raw.cause } : {}),
    ...(typeof raw.reused_from === 'string' ? { reused_from: raw.reused_from } : {}),
    ...(typeof raw.rerun_of === 'string' ? { rerun_of: raw.rerun_of } : {}),
    ...(error ? { error: { code: text(error.code), message: text(error.message) } } : {}),
    ...(result
      ? {
          result: {
            preview: text(result.preview),
            structured: result.structured,
            artifact_ids: list(result.artifact_ids),
          },
        }
      : {}),
  };
  const position = isRecord(raw.position) ? raw.position : {};
  return {
    id: raw.id,
    title: text(raw.title) || raw.id,
    content: text(raw.content),
    status: text(raw.status) || 'unknown',
    position: { x: Number(position.x ?? NaN), y: Number(position.y ?? NaN) },
    depends_on: list(raw.depends_on),
    tool: text(raw.tool),
    server_id: text(raw.server_id),
    server_name: text(raw.server_name),
    arguments: isRecord(raw.arguments) ? raw.arguments : {},
    risk: {
      read_only: risk.read_only === true,
      destructive: risk.destructive === true,
      idempotent: risk.idempotent === true,
      open_world: risk.open_world === true,
    },
    allowed_decisions: list(raw.allowed_decisions) as ShownNode['allowed_decisions'],
    attempt: typeof raw.attempt === 'number' ? raw.attempt : 0,
    edited: raw.edited === true,
    ...optional,
  };
}
