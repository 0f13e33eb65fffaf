import type { PlanNode } from '@app/session-protocol';
import { Database } from '../../src/platform/database/database.js';
import { type Frame, TRANSPORTS } from '../support/session-clients.js';
import { becomes, ended, type JoinedClient, propose, said, type Scene, startScene } from './support/scene.js';

interface ForkView {
  id: string;
  title: string;
  last_seq: number;
  pending_approvals: number;
  forked_from: { session_id: string; title: string | null; after_seq: number } | null;
  code?: string;
  detail?: string;
}

let scene: Scene;
beforeAll(async () => {
  scene = await startScene();
});
afterAll(() => scene.stop());

const fork = (session: string, point?: object, by = scene.person) =>
  by.call<ForkView>('POST', `/sessions/${session}/fork`, point);
const stored = ({ frames }: JoinedClient) => frames.filter(({ seq }) => seq !== undefined);
const last = (frames: readonly Frame[], type: string) => frames.findLast((frame) => frame.type === type)?.payload ?? {};
const idsIn = (frames: readonly Frame[], name: string) => [
  ...new Set(frames.flatMap(({ payload }) => (typeof payload[name] === 'string' ? [payload[name]] : []))),
];

describe.each(TRANSPORTS)('over $name', (transport) => {
  const join = (session?: string) => scene.join(transport, session === undefined ? {} : { session });
  const label = (name: string) => `${transport.name}: ${name}`;

  /** A turn whose two calls were approved and went well. */
  const work = async (client: JoinedClient, name: string) => {
    const { ids } = await propose(client, {
      say: `About to work on ${name}.`,
      plan: [
        { key: 'rows', tool: 'read', arguments: { label: name } },
        { key: 'files', tool: 'make_files', arguments: { label: name, kind: 'media' } },
      ],
    });
    client.send('approve_task', { node_id: ids.rows ?? '' });
    client.send('approve_task', { node_id: ids.files ?? '', remember: 'tool_in_session' });
    await client.next(ended('done'));
  };

  test('it has what ended, under ids of its own, and nothing that waits', async () => {
    const client = await join();
    await work(client, label('whole'));
    const before = stored(client);
    await propose(client, { plan: [{ key: 'open', tool: 'write', arguments: { label: label('open'), text: 'x' } }] });

    const { status, body } = await fork(client.session);
    expect([status, body.title.endsWith(' (fork)'), body.pending_approvals]).toEqual([201, true, 0]);
    const original = (await scene.person.call<ForkView>('GET', `/sessions/${client.session}`)).body;
    expect([original.forked_from, original.pending_approvals]).toEqual([null, 1]);
    expect(body.forked_from).toEqual({
      session_id: client.session,
      title: original.title,
      after_seq: original.last_seq,
    });

    const copy = await join(body.id);
    const events = stored(copy);
    expect(copy.seqs).toEqual(events.map((_event, index) => index + 1));
    expect(events.map(({ type }) => type)).toEqual([...before.map(({ type }) => type), 'session_updated']);
    expect(last(events, 'session_updated')).toEqual({ title: body.title });
    for (const name of ['turn_id', 'plan_id', 'message_id']) {
      const [here, there] = [idsIn(events, name), idsIn(before, name)];
      expect([here.length, here.filter((id) => there.includes(id))]).toEqual([there.length, []]);
    }
    expect(idsIn(events, 'client_msg_id')).toEqual([]);
    const { plan, pending, turn, queued_turns } = last(copy.frames, 'session_snapshot') as unknown as {
      plan: { plan_id: string; status: string; nodes: PlanNode[] };
      [name: string]: unknown;
    };
    expect([pending, turn, queued_turns, plan.status]).toEqual([[], null, [], 'finished']);
    expect(idsIn(events, 'plan_id')).toEqual([plan.plan_id]);
    expect(plan.nodes.map(({ id, status: is }) => [id, is])).toEqual([
      ['node1', 'succeeded'],
      ['node2', 'succeeded'],
    ]);
  });

  test('the conversation goes on in it: the model knows what was, results are at hand, approvals are not', async () => {
    const client = await join();
    const name = label('goes on');
    await work(client, name);
    const { body } = await fork(client.session);
    const copy = await join(body.id);
    const { ids } = await propose(copy, {
      plan: [
        {
          key: 'line',
          tool: 'write_rows',
          arguments: { label: name, rows: [] },
        },
        { key: 'more', tool: 'make_files', arguments: { label: name, kind: 'media' } },
      ],
    });
    expect(ids).toEqual({ line: 'node3', more: 'node4' });
    const asked = JSON.stringify(scene.gemini.requests.at(-1)?.body);
    expect(asked).toContain(`About to work on ${name}.`);
    expect(asked).toContain('make_files');
    const rows = { $ref: 'node1#/structuredContent/rows' };
    copy.send('edit_task', { node_id: 'node3', arguments: { label: name, rows } });
    await copy.next(({ type, payload }) => type === 'task_update' && payload.edited === true);
    copy.send('approve_task', { node_id: 'node3' });
    expect((await copy.next(becomes('node3', 'succeeded'))).payload.result).toMatchObject({ preview: 'Wrote 2 rows.' });
    expect(copy.frames.some(becomes('node4', 'approved'))).toBe(false);
    copy.send('reject_task', { node_id: 'node4' });
    await copy.next(ended('done'));

    copy.send('rerun_from', { node_id: 'node2' });
    const again = await copy.next('task_graph_proposal');
    expect((again.payload.nodes as PlanNode[]).map(({ id }) => id)).toEqual(['node5']);
    client.send('chat_message', { text: JSON.stringify({ say: 'Here as before.' }) });
    await client.next(said('Here as before.'));
    expect(client.seqs).toEqual(client.seqs.map((_seq, index) => index + 1));
    expect(scene.upstream.memory.count('read', name)).toBe(1);
  });

  test('it begins with the turns up to a message or an event, whose turn is taken whole', async () => {
    const client = await join();
    const say = async (text: string) => {
      client.send('chat_message', { text: JSON.stringify({ say: text }) });
      const answer = await client.next(said(text));
      await client.next(ended('done'));
      return answer;
    };
    const one = await say('The first.');
    const two = await say('The second.');
    await say('The third.');
    const started = stored(client).filter(({ type }) => type === 'turn_started');
    const textsOf = async (point: object) => {
      const copy = await join((await fork(client.session, point)).body.id);
      const texts = stored(copy).flatMap(({ payload }) => (payload.sender === 'AGENT' ? [payload.text] : []));
      copy.close();
      return texts;
    };
    expect(await textsOf({ message_id: one.payload.message_id })).toEqual(['The first.']);
    expect(await textsOf({ after_seq: started[1]?.seq })).toEqual(['The first.', 'The second.']);
    expect(await textsOf({ after_seq: two.seq })).toEqual(['The first.', 'The second.']);
    expect(await textsOf({})).toHaveLength(3);
  });

  test('what runs again in an ended turn is left behind, and told so', async () => {
    const client = await join();
    const name = label('again');
    const { ids } = await propose(client, { plan: [{ key: 'only', tool: 'hold', arguments: { label: name } }] });
    const node = ids.only ?? '';
    client.send('approve_task', { node_id: node });
    await scene.upstream.memory.called('hold', name);
    client.send('stop', {});
    await client.next(ended('stopped'));
    client.send('retry_task', { node_id: node });
    await scene.upstream.memory.called('hold', name, 2);
    const copy = await join((await fork(client.session)).body.id);
    const closed = { status: 'cancelled', cause: 'left behind in the session that this one was forked from' };
    expect(last(stored(copy), 'task_update')).toMatchObject({ node_id: node, ...closed });
    expect(last(copy.frames, 'session_snapshot')).toMatchObject({ plan: { status: 'finished', nodes: [closed] } });
    client.send('stop', {});
    await client.next(becomes(node, 'cancelled'));
    expect(scene.upstream.memory.count('hold', name)).toBe(2);
  });

  test('it stays whole, with its files and a fork of its own, when the original is gone', async () => {
    const client = await join();
    await work(client, label('gone'));
    const first = (await fork(client.session)).body;
    const second = (await fork(first.id)).body;
    expect([second.title, second.forked_from?.session_id]).toEqual([first.title, first.id]);
    client.close();
    await client.closed;
    await scene.app.get(Database).sql('delete from sessions where id = $1', [client.session]);

    const now = (await scene.person.call<ForkView>('GET', `/sessions/${first.id}`)).body;
    expect(now.forked_from).toMatchObject({ session_id: client.session, title: null });
    for (const { id } of [first, second]) {
      const { body } = await scene.person.call<{ artifacts: { url: string; plan_id: string }[] }>(
        'GET',
        `/sessions/${id}/artifacts`,
      );
      const copy = await join(id);
      expect(body.artifacts).toHaveLength(2);
      for (const file of body.artifacts) {
        expect(idsIn(stored(copy), 'plan_id')).toEqual([file.plan_id]);
        const { status } = await scene.app.api('GET', file.url, { token: scene.person.token });
        expect(status).toBe(200);
      }
      copy.send('chat_message', { text: JSON.stringify({ say: 'Still here.' }) });
      await copy.next(said('Still here.'));
    }
  });
});

test('a fork of nothing, of what is not there, or of another’s session is refused in words', async () => {
  const empty = await scene.newSession();
  expect(await fork(empty)).toMatchObject({ status: 409, body: { code: 'NOTHING_TO_FORK' } });
  expect(await fork(empty, { after_seq: 1 })).toMatchObject({ status: 404, body: { code: 'EVENT_NOT_FOUND' } });
  const [transport] = TRANSPORTS;
  if (!transport) throw new Error('There are transports.');
  const client = await scene.join(transport, { session: empty });
  await propose(client, { plan: [{ key: 'open', tool: 'write', arguments: { label: 'waits', text: 'x' } }] });
  expect(await fork(empty)).toMatchObject({ status: 409, body: { code: 'NOTHING_TO_FORK' } });
  const beyond = await fork(empty, { after_seq: 10_000 });
  expect(beyond).toMatchObject({ status: 404, body: { code: 'EVENT_NOT_FOUND' } });
  expect(beyond.body.detail).toMatch(/has the numbers 1 to \d+\./);
  const message = await fork(empty, { message_id: 'msg_unknown' });
  expect(message).toMatchObject({ status: 404, body: { code: 'MESSAGE_NOT_FOUND' } });
  for (const wrong of [{ after_seq: 0 }, { after_seq: 'x' }, { after_seq: 1, message_id: 'm' }, { seq: 1 }]) {
    expect((await fork(empty, wrong)).status).toBe(400);
  }
  const stranger = await scene.app.signIn();
  const answers = [await fork(empty, undefined, stranger), await fork(`session_${'0'.repeat(32)}`, {})];
  expect(answers.map(({ status }) => status)).toEqual([404, 404]);
  expect(answers.map(({ body }) => [body.code, body.detail])).toEqual([
    ['SESSION_NOT_FOUND', 'There is no such session.'],
    ['SESSION_NOT_FOUND', 'There is no such session.'],
  ]);
});
