import fc from 'fast-check';
import { reduce } from '../../../web/src/session/reducer.js';
import { emptySession, MAX_LOG_ROWS, type SessionState } from '../../../web/src/session/state.js';
import type { WireFrame } from '@app/session-protocol/client';
import { node, snapshot, update, Wire } from './frames.js';

const play = (frames: WireFrame[], from: SessionState = emptySession('s')) => frames.reduce(reduce, from);
const message = (id: string, text: string, more: Record<string, unknown> = {}) => ({
  message_id: id,
  sender: 'AGENT',
  text,
  timestamp: '2026-11-21T09:00:00.000Z',
  ...more,
});
const texts = (state: SessionState) => state.items.flatMap((item) => (item.kind === 'message' ? [item.text] : []));

/** A run with a plan, decisions, logs and a file, as a server would tell it. */
function aRun(): WireFrame[] {
  const wire = new Wire();
  const plan = { plan_id: 'plan_1', revision: 1, turn_id: 'turn_1', title: 'Report' };
  return [
    wire.durable('chat_message', message('m1', 'hello', { sender: 'USER', turn_id: 'turn_1', client_msg_id: 'c1' })),
    wire.durable('turn_started', { turn_id: 'turn_1' }),
    wire.durable('task_graph_proposal', {
      ...plan,
      nodes: [node('node1', 'pending'), node('node2', 'blocked', ['node1'])],
    }),
    wire.durable('task_decision', {
      ...plan,
      node_id: 'node1',
      decision: 'approve',
      by: { user_id: 'u', username: 'ada' },
      automatic: false,
    }),
    wire.durable('task_update', update('plan_1', node('node1', 'running'))),
    wire.durable('log_entry', { timestamp: '', level: 'info', message: 'calling', source: 'node1', node_id: 'node1' }),
    wire.durable('task_update', update('plan_1', node('node1', 'succeeded'))),
    wire.durable('artifact_generated', {
      artifact_id: 'a1',
      name: 'r.md',
      url: '/x',
      content_type: 'text/markdown',
      size: 1,
      sha256: '0',
    }),
    wire.durable('chat_message', message('m2', 'done', { turn_id: 'turn_1' })),
    wire.durable('turn_finished', { turn_id: 'turn_1', outcome: 'done' }),
  ];
}

describe('the session reducer', () => {
  test('a run ends with its messages, plan, file and log in place', () => {
    const state = play(aRun());
    expect(state.last_seq).toBe(10);
    expect(texts(state)).toEqual(['hello', 'done']);
    expect(state.plans.plan_1?.nodes.map(({ status }) => status)).toEqual(['succeeded', 'blocked']);
    expect(state.plans.plan_1?.status).toBe('finished');
    expect(state.artifacts.map(({ name }) => name)).toEqual(['r.md']);
    expect(state.logs).toHaveLength(1);
    expect(state.turn).toBeNull();
    expect(state.items.filter(({ kind }) => kind === 'tool')).toHaveLength(1);
  });

  test('an event that was seen changes nothing, whatever is replayed after a cut', () => {
    const frames = aRun();
    const whole = play(frames);
    fc.assert(
      fc.property(fc.nat(frames.length), fc.nat(frames.length), (cut, from) => {
        const before = play(frames.slice(0, cut));
        const after = play(frames.slice(Math.min(cut, from)), before);
        expect(after).toEqual(whole);
      }),
    );
  });

  test('an event that leaves a gap is not taken, and the missing ones are asked for', () => {
    const [first, second, third] = aRun();
    const state = play([first, third].filter((one) => one !== undefined));
    expect(state.last_seq).toBe(1);
    expect(state.behind).toBe(true);
    const caught = play(
      [second, third, new Wire().passing('session_snapshot', snapshot(3))].filter((one) => one !== undefined),
      state,
    );
    expect(caught.last_seq).toBe(3);
    expect(caught.behind).toBe(false);
  });

  test('the snapshot wins over what the events said', () => {
    const wire = new Wire();
    const state = play([
      wire.durable('turn_started', { turn_id: 'turn_1' }),
      wire.durable('task_graph_proposal', {
        plan_id: 'p',
        revision: 1,
        turn_id: 'turn_1',
        title: '',
        nodes: [node('node1', 'pending')],
      }),
      wire.passing(
        'session_snapshot',
        snapshot(2, {
          plan: { plan_id: 'p', revision: 2, status: 'open', title: 'T', nodes: [node('node1', 'running')] },
        }),
      ),
    ]);
    expect(state.turn).toBeNull();
    expect(state.title).toBe('A title');
    expect(state.plans.p?.revision).toBe(2);
    expect(state.plans.p?.nodes[0]?.status).toBe('running');
    expect(state.ready).toBe(true);
  });

  test('a snapshot that is ahead of the events says that some are missing', () => {
    const state = play([new Wire().passing('session_snapshot', snapshot(7))]);
    expect(state.behind).toBe(true);
  });

  test('a trimmed log goes on at its first event with a line between', () => {
    const wire = new Wire();
    const removed = { events: 99, from: '2026-03-02T09:00:00.000Z', to: '2026-03-09T16:20:00.000Z' };
    const state = play([wire.passing('replay_unavailable', { after: 0, first_seq: 100, next_seq: 120, removed })]);
    expect(state.last_seq).toBe(99);
    expect(state.behind).toBe(true);
    expect(state.items).toMatchObject([{ kind: 'gap', removed }]);
    expect(play([wire.at(100, 'session_updated', { title: 'Later' })], state).title).toBe('Later');
  });

  test('deltas build the message until the whole one replaces them', () => {
    const wire = new Wire();
    const streaming = play([
      wire.passing('chat_delta', { message_id: 'm', index: 0, delta: 'Hel' }),
      wire.passing('chat_delta', { message_id: 'm', index: 1, delta: 'lo' }),
    ]);
    expect(streaming.items).toMatchObject([{ text: 'Hello', streaming: true }]);
    const whole = play([wire.durable('chat_message', message('m', 'Hello there'))], streaming);
    expect(whole.items).toMatchObject([{ text: 'Hello there', streaming: false }]);
    expect(whole.streams).toEqual({});
    expect(play([wire.passing('chat_delta', { message_id: 'm', index: 2, delta: '!' })], whole)).toBe(whole);
  });

  test('a missed delta makes it wait for the whole message', () => {
    const wire = new Wire();
    const state = play([
      wire.passing('chat_delta', { message_id: 'm', index: 0, delta: 'Hel' }),
      wire.passing('chat_delta', { message_id: 'm', index: 2, delta: '??' }),
      wire.passing('chat_delta', { message_id: 'm', index: 1, delta: 'lo' }),
    ]);
    expect(texts(state)).toEqual(['Hel']);
  });

  test('half a message is dropped when the connection starts anew', () => {
    const wire = new Wire();
    const state = play([
      wire.passing('chat_delta', { message_id: 'm', index: 0, delta: 'Hel' }),
      wire.passing('hello', {
        session_id: 's',
        server_id: 'mcp_1',
        server_name: 'demo',
        user: { id: 'u', username: 'ada' },
      }),
    ]);
    expect(state.items).toEqual([]);
  });

  test('an event of an unknown type is kept raw and counted', () => {
    const wire = new Wire();
    const state = play([wire.durable('weather_report', { rain: true })]);
    expect(state.last_seq).toBe(1);
    expect(state.items).toMatchObject([{ kind: 'unknown', type: 'weather_report', raw: { rain: true } }]);
  });

  test('a known type with a payload that makes no sense is kept raw, and the next one still works', () => {
    const wire = new Wire();
    const state = play([
      wire.durable('task_graph_proposal', { plan_id: 'p', revision: 1, turn_id: 't', title: '' }),
      wire.durable('session_updated', { title: 'Still here' }),
    ]);
    expect(state.items).toMatchObject([{ kind: 'unknown', type: 'task_graph_proposal' }]);
    expect(state.title).toBe('Still here');
  });

  test('no sequence of odd frames makes it throw', () => {
    const type = fc.constantFrom(
      'task_update',
      'task_graph_proposal',
      'chat_message',
      'session_snapshot',
      'input_request',
      'error',
      'hello',
      'toString',
      'x',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(type, fc.jsonValue())), (odd) => {
        const wire = new Wire();
        for (const [name, payload] of odd) expect(() => play([wire.durable(name, payload)])).not.toThrow();
      }),
    );
  });

  test('a node status that nobody told us of stays the word it was', () => {
    const wire = new Wire();
    const state = play([wire.durable('task_update', update('p', node('node1', 'teleported')))]);
    expect(state.plans.p?.nodes[0]?.status).toBe('teleported');
  });

  test('a question is open until it is resolved, and its block says how', () => {
    const wire = new Wire();
    const request = {
      request_id: 'r',
      plan_id: 'p',
      node_id: 'n',
      kind: 'form',
      server_name: 'demo',
      message: '?',
      expires_at: '',
    };
    const asked = play([wire.durable('input_request', request)]);
    expect(asked.questions).toHaveLength(1);
    const answered = play(
      [wire.durable('input_resolved', { request_id: 'r', node_id: 'n', action: 'decline' })],
      asked,
    );
    expect(answered.questions).toEqual([]);
    expect(answered.items).toMatchObject([{ kind: 'question', action: 'decline' }]);
  });

  test('a turn that was stopped says how many tasks did not start', () => {
    const wire = new Wire();
    const nodes = [node('node1', 'succeeded'), node('node2', 'cancelled'), node('node3', 'pending')];
    const state = play([
      wire.durable('turn_started', { turn_id: 't' }),
      wire.durable('task_graph_proposal', { plan_id: 'p', revision: 1, turn_id: 't', title: '', nodes }),
      wire.durable('turn_finished', { turn_id: 't', outcome: 'stopped' }),
    ]);
    expect(state.items.at(-1)).toMatchObject({ kind: 'turn_end', outcome: 'stopped', notStarted: 2 });
  });

  test('a message said while a turn runs waits in the queue until its own turn starts', () => {
    const wire = new Wire();
    const busy = play([
      wire.durable('turn_started', { turn_id: 't1' }),
      wire.durable('chat_message', message('m', 'next', { sender: 'USER', turn_id: 't2' })),
    ]);
    expect(busy.queued_turns).toEqual([{ turn_id: 't2', text: 'next' }]);
    expect(play([wire.durable('turn_started', { turn_id: 't2' })], busy).queued_turns).toEqual([]);
  });

  test('progress is shown on the node and gone with its next update', () => {
    const wire = new Wire();
    const running = play([
      wire.durable('task_update', update('p', node('node1', 'running'))),
      wire.passing('task_progress', { plan_id: 'p', node_id: 'node1', progress: 2, total: 5 }),
    ]);
    expect(running.plans.p?.nodes[0]?.progress).toEqual({ progress: 2, total: 5 });
    const done = play([wire.durable('task_update', update('p', node('node1', 'succeeded')))], running);
    expect(done.plans.p?.nodes[0]?.progress).toBeUndefined();
  });

  test('an error is shown, but not the one that a new token mends by itself', () => {
    const wire = new Wire();
    const error = { code: 'TOKEN_EXPIRED', message: 'expired', retryable: true };
    expect(play([wire.passing('error', error)]).items).toEqual([]);
    expect(play([wire.passing('error', { ...error, code: 'OTHER' })]).items).toMatchObject([{ kind: 'error' }]);
  });

  test('what one rule approved in a row is one line', () => {
    const wire = new Wire();
    const auto = { plan_id: 'p', revision: 1, decision: 'approve', by: null, automatic: true, rule: 'read-only' };
    const state = play([
      wire.durable('task_decision', { ...auto, node_id: 'node1' }),
      wire.durable('task_decision', { ...auto, node_id: 'node2' }),
      wire.durable('task_decision', { ...auto, node_id: 'node3', rule: 'another' }),
    ]);
    expect(state.items).toMatchObject([{ node_ids: ['node1', 'node2'] }, { node_ids: ['node3'] }]);
  });

  test('the log keeps its newest rows only', () => {
    const wire = new Wire();
    const frames = Array.from({ length: MAX_LOG_ROWS + 3 }, (_, at) =>
      wire.durable('log_entry', { timestamp: '', level: 'info', message: String(at), source: 'x' }),
    );
    const { logs } = play(frames);
    expect(logs).toHaveLength(MAX_LOG_ROWS);
    expect(logs[0]?.message).toBe('3');
  });
});
