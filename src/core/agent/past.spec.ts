import type { DurableEvent, DurableFrame } from '@app/session-protocol';
import { Past, renamed } from './past.js';

const owners = {
  turnOfPlan: new Map([
    ['plan_1', 'turn_1'],
    ['plan_2', 'turn_2'],
  ]),
  planOfNode: new Map([
    ['node1', 'plan_1'],
    ['node2', 'plan_2'],
  ]),
};
const frame = (event: DurableEvent, seq = 1) => ({
  ...event,
  v: 1,
  id: `evt_${seq}`,
  seq,
  ts: '2026-01-01T00:00:00.000Z',
  session_id: 's',
});
const log = (source: string, node_id?: string) => {
  const payload = { timestamp: '', level: 'info' as const, message: '', source };
  return frame({ type: 'log_entry', payload: node_id === undefined ? payload : { ...payload, node_id } });
};
const question = (request_id: string, plan_id: string, node_id: string) => {
  const asked = { request_id, plan_id, node_id, kind: 'form' as const, server_name: '', message: '', expires_at: '' };
  return frame({ type: 'input_request', payload: asked });
};
const read = (...events: DurableFrame[]) => {
  const past = new Past(owners);
  for (const event of events) past.take(event);
  return past;
};
const started = (turn_id: string) => frame({ type: 'turn_started', payload: { turn_id } });
const finished = (turn_id: string, outcome: 'done' | 'failed' = 'done') =>
  frame({ type: 'turn_finished', payload: { turn_id, outcome } });

describe('the past of a session', () => {
  test('a turn has ended when that is the last that was told of it', () => {
    const past = read(started('turn_1'), finished('turn_1', 'failed'), started('turn_2'), finished('turn_2'));
    expect([...past.ended().keys()]).toEqual(['turn_1', 'turn_2']);
    past.take(started('turn_1'));
    expect([...past.ended().keys()]).toEqual(['turn_2']);
    expect(past.knows('turn_1')).toBe(true);
  });

  test('what is told of a plan, a task or a question is of its turn; the rest is of the session', () => {
    const past = read();
    expect(past.turnOf(log('agent'))).toBeUndefined();
    expect(past.turnOf(frame({ type: 'session_updated', payload: { title: '' } }))).toBeUndefined();
    expect(past.turnOf(log('node1', 'node1'))).toBe('turn_1');
    expect(past.turnOf(question('inp_1', 'plan_2', 'node2'))).toBe('turn_2');
    expect(past.turnOf(log('node9', 'node9'))).toBe('');
  });

  test('of open questions those are closed whose turn is taken', () => {
    const past = read(
      question('inp_1', 'plan_1', 'node1'),
      question('inp_2', 'plan_2', 'node2'),
      question('inp_3', 'plan_1', 'node1'),
      frame({ type: 'input_resolved', payload: { request_id: 'inp_3', node_id: 'node1', action: 'accept' } }),
    );
    expect(past.closedQuestions(new Set(['turn_1']))).toEqual([
      { type: 'input_resolved', payload: { request_id: 'inp_1', node_id: 'node1', action: 'cancel' } },
    ]);
  });

  test('an event gets the names of the fork, and loses those that clients gave', () => {
    const message = { message_id: 'msg_1', sender: 'USER' as const, text: 'turn_1', timestamp: '', turn_id: 'turn_1' };
    const said = frame({ type: 'chat_message', payload: { ...message, client_msg_id: 'mine' } });
    const ids = new Map([
      ['turn_1', 'turn_a'],
      ['msg_1', 'msg_a'],
    ]);
    expect(renamed(said, ids).payload).toEqual({ ...message, message_id: 'msg_a', turn_id: 'turn_a' });
    expect(said.payload).toMatchObject({ client_msg_id: 'mine', turn_id: 'turn_1' });
  });
});
