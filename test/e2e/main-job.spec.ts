import { createHash } from 'node:crypto';
import type { SessionSnapshot } from '@app/session-protocol';
import { type Frame, TRANSPORTS } from '../support/session-clients.js';
import {
  becomes,
  ended,
  isError,
  proposeOne,
  propose,
  type Scene,
  said,
  settled,
  startScene,
} from './support/scene.js';

let scene: Scene;
beforeAll(async () => {
  scene = await startScene();
});
afterAll(() => scene.stop());

const decisionsIn = (frames: readonly Frame[]) => frames.filter(({ type }) => type === 'task_decision');

describe.each(TRANSPORTS)('over $name', (transport) => {
  const { memory } = { memory: () => scene.upstream.memory };
  const label = (name: string) => `${transport.name}: ${name}`;

  test('a question becomes a plan, an approval a call, and the call an answer and a file', async () => {
    const client = await scene.join(transport);
    const proposed = await propose(client, {
      say: 'I read, then I write.',
      plan: [
        { key: 'rows', title: 'Read rows', tool: 'read', arguments: { label: label('main'), rows: 2 } },
        {
          key: 'out',
          title: 'Write rows',
          tool: 'write_rows',
          arguments: { label: label('main'), rows: { $ref: 'rows#/structuredContent/rows' } },
        },
        { key: 'files', title: 'Make files', tool: 'make_files', arguments: { label: label('main'), kind: 'bytes' } },
      ],
    });
    const { rows = '', out = '', files = '' } = proposed.ids;
    expect(proposed.nodes.map(({ status }) => status)).toEqual(['pending', 'pending', 'pending']);
    expect(proposed.nodes.find(({ id }) => id === out)).toMatchObject({
      title: 'Write rows',
      depends_on: [rows],
      tool: 'write_rows',
      server_id: scene.server.id,
      arguments: { rows: { $ref: `${rows}#/structuredContent/rows` } },
      risk: { read_only: false },
      allowed_decisions: ['approve', 'reject', 'edit'],
    });
    expect(memory().count('read', label('main'))).toBe(0);

    for (const node of [out, rows, files]) client.send('approve_task', { node_id: node });
    await client.seen(becomes(out, 'blocked'));
    await client.seen(becomes(rows, 'succeeded'));
    const done = await client.seen(becomes(out, 'succeeded'));
    expect(done.payload).toMatchObject({ attempt: 1, result: { preview: 'Wrote 2 rows.' } });
    expect(memory().of('write_rows', label('main'))).toMatchObject([
      { arguments: { rows: [{ id: 1, name: 'row 1' }, { id: 2 }] } },
    ]);

    const { payload: file } = await client.seen('artifact_generated');
    expect(file).toMatchObject({ name: 'bytes.bin', size: 5_000, node_id: files });
    const download = await scene.app.api('GET', String(file.url), { token: scene.person.token });
    expect(createHash('sha256').update(download.bytes).digest('hex')).toBe(file.sha256);

    await client.seen(said('write_rows succeeded'));
    await client.seen(ended('done'));
  });

  test('the streamed words add up to the message that is kept', async () => {
    const client = await scene.join(transport);
    client.send('chat_message', { text: JSON.stringify({ say: 'Words, and nothing to do.' }) });
    const { payload } = await client.next(said('Words, and nothing to do.'));
    const deltas = client.frames.filter(
      ({ type, payload: p }) => type === 'chat_delta' && p.message_id === payload.message_id,
    );
    expect(deltas.map(({ payload: p }) => p.delta).join('')).toBe(payload.text);
    expect(deltas.map(({ payload: p }) => p.index)).toEqual(deltas.map((_, index) => index));
  });

  test('each frame names its version, session and time, and only kept ones a number', async () => {
    const client = await scene.join(transport);
    await proposeOne(client, 'read');
    for (const frame of client.frames) {
      expect(frame).toMatchObject({ v: 1, session_id: client.session, id: expect.stringMatching(/^evt_/) as unknown });
      expect(new Date(frame.ts ?? '').toISOString()).toBe(frame.ts);
    }
    expect(client.seqs).toEqual(client.seqs.map((_, index) => index + 1));
    const passing = client.frames.filter(({ seq }) => seq === undefined).map(({ type }) => type);
    expect(passing).toEqual(expect.arrayContaining(['hello', 'connection_status', 'session_snapshot']));
  });

  test('who joins later gets the past, then what is open now', async () => {
    const first = await scene.join(transport);
    const { node, planId } = await proposeOne(first, 'write', { text: 'x' });
    const second = await scene.join(transport, { session: first.session });
    const types = second.frames.map(({ type }) => type);
    expect(types.slice(0, 3)).toEqual(['hello', 'connection_status', 'replay_begin']);
    expect(types.slice(-2)).toEqual(['replay_end', 'session_snapshot']);
    expect(second.seqs).toEqual(first.seqs);
    const snapshot = second.frames.at(-1)?.payload as unknown as SessionSnapshot;
    expect(snapshot).toMatchObject({
      session: { id: first.session, server_id: scene.server.id },
      last_seq: first.seqs.at(-1),
      turn: { status: 'waiting' },
      plan: { plan_id: planId, status: 'open', nodes: [{ id: node, status: 'pending' }] },
      pending: [node],
      questions: [],
      sign_ins: [],
      connection: { status: 'online', memory: { unit: 'tokens' } },
    });
  });

  test('all clients of a session see the same events in the same order', async () => {
    const clients = [await scene.join(transport)];
    const [{ session }] = clients as [(typeof clients)[0]];
    for (const other of TRANSPORTS) clients.push(await scene.join(other, { session }));
    const [, second] = clients;
    const [first] = clients;
    if (!first || !second) throw new Error('No clients.');
    const { node } = await proposeOne(first, 'write', { text: 'x' });
    second.send('approve_task', { node_id: node });
    const lasts = await Promise.all(clients.map((client) => client.seen(ended('done'))));
    expect(new Set(lasts.map(({ seq }) => seq)).size).toBe(1);
    const durable = clients.map(({ frames }) => frames.filter(({ seq }) => seq !== undefined));
    for (const frames of durable) expect(frames).toEqual(durable[0]);
  });

  test('the first decision stands, and the other is told so', async () => {
    const one = await scene.join(transport);
    const two = await scene.join(transport, { session: one.session });
    const { node } = await proposeOne(one, 'write', { label: label('first'), text: 'x' });
    one.send('reject_task', { node_id: node, reason: 'not today' });
    await two.next(becomes(node, 'rejected'));
    two.send('approve_task', { node_id: node }, { id: 'too-late' });
    const refusal = await two.next(isError('ALREADY_DECIDED', 'too-late'));
    expect(refusal.payload).toMatchObject({ retryable: false, details: { status: 'rejected' } });
    expect(memory().count('write', label('first'))).toBe(0);
    const [decision, ...more] = decisionsIn(two.frames);
    expect(more).toEqual([]);
    expect(decision?.payload).toMatchObject({
      decision: 'reject',
      reason: 'not today',
      automatic: false,
      by: { user_id: scene.person.user.id },
    });
  });

  test('the same decision sent again is the same decision', async () => {
    const client = await scene.join(transport);
    const { node } = await proposeOne(client, 'write', { label: label('again'), text: 'x' });
    const decision = { node_id: node, decision_id: 'click-1' };
    client.send('approve_task', decision);
    client.send('approve_task', decision);
    await client.next(ended('done'));
    client.send('approve_task', decision);
    await settled(client);
    expect(client.frames.filter(({ type }) => type === 'error')).toEqual([]);
    expect(decisionsIn(client.frames)).toHaveLength(1);
    expect(memory().count('write', label('again'))).toBe(1);
  });

  test('the same message sent again is the same message', async () => {
    const client = await scene.join(transport);
    const message = { text: JSON.stringify({ say: 'Once.' }), client_msg_id: 'm-1' };
    client.send('chat_message', message);
    client.send('chat_message', message);
    await client.next(said('Once.'));
    client.send('chat_message', message);
    await settled(client);
    const mine = client.frames.filter(({ type, payload }) => type === 'chat_message' && payload.sender === 'USER');
    expect(mine).toMatchObject([{ payload: { client_msg_id: 'm-1', text: message.text } }]);
    expect(client.frames.filter(({ type }) => type === 'turn_started')).toHaveLength(1);
  });

  test('twenty sockets that approve at once make one call', async () => {
    const first = await scene.join(transport);
    const { session } = first;
    const others = await Promise.all(Array.from({ length: 19 }, () => scene.join(transport, { session })));
    const { node } = await proposeOne(first, 'write', { label: label('rush'), text: 'x' });
    const all = [first, ...others];
    await Promise.all(all.map((client) => client.seen('task_graph_proposal')));
    for (const client of all) client.send('approve_task', { node_id: node });
    await Promise.all(all.map((client) => client.seen(ended('done'))));
    await Promise.all(all.map((client) => settled(client)));
    const told = all.flatMap(({ frames }) => frames.filter(({ type }) => type === 'error'));
    expect(told.map(({ payload }) => payload.code)).toEqual(Array(19).fill('ALREADY_DECIDED'));
    expect(memory().count('write', label('rush'))).toBe(1);
    expect(decisionsIn(first.frames)).toHaveLength(1);
    for (const client of all) client.close();
  });
});
