import { toFrame, type WireFrame } from '@app/session-protocol/client';

/** Frames as a server would send them, numbered as they are made. */
export class Wire {
  private seq = 0;

  durable(type: string, payload: unknown): WireFrame {
    this.seq += 1;
    return this.at(this.seq, type, payload);
  }

  at(seq: number, type: string, payload: unknown): WireFrame {
    return frame({ v: 1, id: `event_${seq}`, ts: '2026-11-21T09:00:00.000Z', seq, session_id: 's', type, payload });
  }

  passing(type: string, payload: unknown): WireFrame {
    return frame({ v: 1, id: `passing_${type}`, ts: '2026-11-21T09:00:00.000Z', session_id: 's', type, payload });
  }
}

function frame(raw: unknown): WireFrame {
  const read = toFrame(raw);
  if (!read) throw new Error('not a frame');
  return read;
}

export function node(id: string, status: string, depends_on: string[] = [], more: Record<string, unknown> = {}) {
  return {
    id,
    title: `Task ${id}`,
    content: '',
    status,
    position: { x: 0, y: 0 },
    depends_on,
    tool: 'users.query',
    server_id: 'mcp_1',
    server_name: 'demo',
    arguments: {},
    risk: { read_only: true, destructive: false, idempotent: false, open_world: false },
    allowed_decisions: [],
    attempt: 1,
    edited: false,
    ...more,
  };
}

export function update(plan_id: string, { id, ...rest }: ReturnType<typeof node>) {
  return { plan_id, revision: 1, node_id: id, ...rest };
}

export function snapshot(last_seq: number, more: Record<string, unknown> = {}) {
  return {
    session: { id: 's', title: 'A title', server_id: 'mcp_1', created_at: '' },
    last_seq,
    turn: null,
    queued_turns: [],
    plan: null,
    pending: [],
    questions: [],
    sign_ins: [],
    connection: { status: 'online', latency: 3, model: 'offline-planner', memory: { used: 1, total: 2, unit: 'MiB' } },
    ...more,
  };
}
