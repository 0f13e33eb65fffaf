import { TRANSPORTS } from '../support/session-clients.js';
import {
  becomes,
  ended,
  isError,
  propose,
  proposeOne,
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

const say = (text: string) => ({ text: JSON.stringify({ say: text }) });

describe.each(TRANSPORTS)('over $name', (transport) => {
  const label = (name: string) => `${transport.name}: ${name}`;

  describe('a stop', () => {
    test('reaches the call under way, and what has not begun never begins', async () => {
      const client = await scene.join(transport);
      const name = label('stop');
      const { ids, planId } = await propose(client, {
        plan: [
          { key: 'a', tool: 'hold', arguments: { label: name } },
          { key: 'b', tool: 'write', arguments: { label: name, text: 'x' }, depends_on: ['a'] },
          { key: 'c', tool: 'hold_write', arguments: { label: name } },
        ],
      });
      const { a = '', b = '', c = '' } = ids;
      client.send('approve_all', { plan_id: planId });
      const calls = await Promise.all(['hold', 'hold_write'].map((tool) => scene.upstream.memory.called(tool, name)));
      const aborted = Promise.all(calls.map(({ signal }) => abortOf(signal)));
      client.send('stop', {});
      expect((await client.seen(becomes(a, 'cancelled'))).payload.cause).toBe('stopped by you');
      expect((await client.seen(becomes(c, 'cancelled'))).payload.cause).toMatch(/may have had its effect/);
      expect((await client.seen(becomes(b, 'cancelled'))).payload.cause).toBe('stopped by you');
      const { payload } = await client.seen(ended('stopped'));
      expect(payload.reason).toContain('1 task not started');
      await aborted;
      expect(scene.upstream.memory.count('write', name)).toBe(0);
    });

    test('ends the thinking of the model', async () => {
      const client = await scene.join(transport);
      const before = scene.gemini.requests.length;
      client.send('chat_message', { text: JSON.stringify({ hang: 'Let me think' }) });
      await client.next('chat_delta');
      const request = await scene.gemini.seen(before + 1);
      client.send('stop', {});
      await client.next(ended('stopped'));
      expect(await request.closed).toBe('by client');
      client.send('chat_message', say('And on it goes.'));
      await client.next(said('And on it goes.'));
    });

    test('drops one message that still waits for its turn', async () => {
      const client = await scene.join(transport);
      client.send('chat_message', { text: JSON.stringify({ hang: 'Thinking' }) });
      await client.next('chat_delta');
      client.send('chat_message', { ...say('Never said.'), client_msg_id: 'dropped' });
      const { payload } = await client.next(({ payload: p }) => p.client_msg_id === 'dropped');
      client.send('stop', { turn_id: String(payload.turn_id) });
      const stopped = await client.next(ended('stopped'));
      expect(stopped.payload.turn_id).toBe(payload.turn_id);
      client.send('chat_message', say('Said.'));
      client.send('stop', {});
      await client.next(said('Said.'));
      expect(client.frames.some(said('Never said.'))).toBe(false);
    });

    test('of nothing is refused', async () => {
      const client = await scene.join(transport);
      client.send('stop', {}, { id: 'idle' });
      await client.next(isError('NOTHING_TO_STOP', 'idle'));
      client.send('stop', { turn_id: 'turn_unknown' }, { id: 'unknown' });
      await client.next(isError('NOTHING_TO_STOP', 'unknown'));
    });

    test('of a plan that waits for a person ends it', async () => {
      const client = await scene.join(transport);
      const { node } = await proposeOne(client, 'write', { label: label('waits'), text: 'x' });
      client.send('stop', {});
      await client.next(becomes(node, 'cancelled'));
      await client.next(ended('stopped'));
      client.send('approve_task', { node_id: node }, { id: 'late' });
      await client.next(isError('ALREADY_DECIDED', 'late'));
      client.send('retry_task', { node_id: node });
      await client.next(becomes(node, 'succeeded'));
      expect(scene.upstream.memory.count('write', label('waits'))).toBe(1);
    });
  });

  test('messages that come while a call runs wait, in order, and are answered after it', async () => {
    const client = await scene.join(transport);
    const { node } = await proposeOne(client, 'hold', { label: label('queue') });
    client.send('approve_task', { node_id: node });
    await scene.upstream.memory.called('hold', label('queue'));
    for (const text of ['First.', 'Second.']) client.send('chat_message', say(text));
    await settled(client);
    expect(client.frames.some(said('First.'))).toBe(false);
    const other = await scene.join(transport, { session: client.session });
    expect(other.frames.at(-1)?.payload.queued_turns).toMatchObject([say('First.'), say('Second.')]);
    scene.upstream.memory.release();
    await client.next(becomes(node, 'succeeded'));
    await client.next(said('First.'));
    await client.next(said('Second.'));
  });

  test('only so many messages wait', async () => {
    const client = await scene.join(transport);
    client.send('chat_message', { text: JSON.stringify({ hang: 'Thinking' }) });
    await client.next('chat_delta');
    for (let count = 0; count < 21; count += 1) client.send('chat_message', say('More.'), { id: `m${count}` });
    const { payload } = await client.next(isError('TOO_MANY_QUEUED', 'm20'));
    expect(payload.retryable).toBe(true);
    client.send('stop', {});
    for (let count = 0; count < 20; count += 1) await client.next(ended('done'));
  });

  test('a message is answered while a plan waits, and the plan goes on waiting', async () => {
    const client = await scene.join(transport);
    const { node } = await proposeOne(client, 'write', { label: label('beside'), text: 'x' });
    client.send('chat_message', say('It writes a line.'));
    await client.next(said('It writes a line.'));
    await client.next(ended('done'));
    client.send('approve_task', { node_id: node });
    await client.next(becomes(node, 'succeeded'));
    await client.next(said('write succeeded'));
  });

  test('a newer plan takes the place of one that waits', async () => {
    const client = await scene.join(transport);
    const old = await proposeOne(client, 'write', { label: label('old'), text: 'x' });
    const newer = await proposeOne(client, 'write', { label: label('new'), text: 'x' });
    expect(newer.node).not.toBe(old.node);
    const superseded = await client.seen(ended('superseded'));
    expect(superseded.payload.turn_id).toBe(old.turnId);
    expect((await client.seen(becomes(old.node, 'cancelled'))).payload.cause).toBe('a newer plan took its place');
    client.send('approve_task', { node_id: old.node }, { id: 'old' });
    await client.next(isError('ALREADY_DECIDED', 'old'));
    client.send('approve_task', { node_id: newer.node });
    await client.next(becomes(newer.node, 'succeeded'));
    expect(scene.upstream.memory.count('write', label('old'))).toBe(0);
  });

  test('a turn whose model failed is told and kept, and can be tried again', async () => {
    const client = await scene.join(transport);
    const text = JSON.stringify({ refuse: 1, say: 'Now it answers.', for: label('refused') });
    client.send('chat_message', { text });
    const failed = await client.next(ended('failed'));
    const told = client.frames.findLast(({ type }) => type === 'error');
    expect(told).toMatchObject({ seq: expect.any(Number) as unknown, payload: { code: 'MODEL_REFUSED' } });
    expect(told?.payload.turn_id).toBe(failed.payload.turn_id);
    client.send('retry_turn', {});
    await client.next(said('Now it answers.'));
    await client.next(ended('done'));
    const mine = client.frames.filter(({ type, payload }) => type === 'chat_message' && payload.sender === 'USER');
    expect(mine).toHaveLength(1);
    client.send('retry_turn', {}, { id: 'again' });
    await client.next(isError('NOTHING_TO_RETRY', 'again'));
  });

  test('a plan that cannot run is a failed turn with the reasons, and nothing of it is shown', async () => {
    const client = await scene.join(transport);
    const plan = [{ key: 'a', tool: 'write', arguments: { text: 7 } }];
    client.send('chat_message', { text: JSON.stringify({ plan }) });
    await client.next(ended('failed'));
    const told = client.frames.findLast(({ type }) => type === 'error');
    expect(told?.payload).toMatchObject({
      code: 'MODEL_BAD_REPLY',
      message: expect.stringContaining('text') as unknown,
    });
    expect(client.frames.some(({ type }) => type === 'task_graph_proposal')).toBe(false);
  });

  test('a model whose plan cannot run is told why, and may mend it', async () => {
    const client = await scene.join(transport);
    const node = { key: 'a', tool: 'write' };
    const { nodes } = await propose(client, {
      plan: [{ ...node, arguments: { text: 7 } }],
      mended: [{ ...node, arguments: { text: 'seven' } }],
    });
    expect(nodes).toMatchObject([{ arguments: { text: 'seven' }, status: 'pending' }]);
  });

  test('work goes on while nobody is connected', async () => {
    const client = await scene.join(transport);
    const name = label('alone');
    const { ids, planId } = await propose(client, {
      plan: [
        { key: 'a', tool: 'hold', arguments: { label: name } },
        { key: 'b', tool: 'write', arguments: { label: name, text: 'x' }, depends_on: ['a'] },
      ],
    });
    client.send('approve_all', { plan_id: planId });
    const call = await scene.upstream.memory.called('hold', name);
    client.cut();
    await client.closed;
    expect(call.signal.aborted).toBe(false);
    scene.upstream.memory.release();
    await scene.upstream.memory.called('write', name);
    const back = await scene.join(transport, { session: client.session, after: client.seqs.at(-1) ?? 0 });
    await back.seen(becomes(ids.b ?? '', 'succeeded'));
    await back.seen(ended('done'));
  });

  test('a session takes its first message as its title', async () => {
    const client = await scene.join(transport);
    client.send('chat_message', { text: `Look at ${label('titles')}\nand more` });
    await client.next('session_updated');
    const { body } = await scene.person.call<{ title: string }>('GET', `/sessions/${client.session}`);
    expect(body.title).toBe(`Look at ${label('titles')}`);
  });
});

const abortOf = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
