import { MAX_FRAME_BYTES } from '@app/session-protocol';
import pg from 'pg';
import { connectRaw, type Transport, TRANSPORTS } from '../support/session-clients.js';
import { ended, isError, proposeOne, type Scene, settled, startScene } from './support/scene.js';

let scene: Scene;
beforeAll(async () => {
  scene = await startScene();
});
afterAll(() => scene.stop());

const RAW: Transport = { name: 'raw', connect: (url, options) => connectRaw(url, options) };

describe.each(TRANSPORTS)('over $name', (transport) => {
  test.each([
    ['an unknown type', 'launch_rocket', {}, 'UNKNOWN_TYPE'],
    ['a type of every object', 'constructor', {}, 'UNKNOWN_TYPE'],
    ['no type at all', '', {}, 'UNKNOWN_TYPE'],
    ['a missing payload', 'chat_message', undefined, 'VALIDATION_ERROR'],
    ['a payload that is a list', 'chat_message', ['hello'], 'VALIDATION_ERROR'],
    ['a payload that is text', 'chat_message', 'hello', 'VALIDATION_ERROR'],
    ['an empty message', 'chat_message', { text: ' \n' }, 'VALIDATION_ERROR'],
    ['a message too long', 'chat_message', { text: 'x'.repeat(32_769) }, 'VALIDATION_ERROR'],
    ['a wrong field', 'approve_task', { node_id: 7 }, 'VALIDATION_ERROR'],
    ['a field too many', 'chat_message', { text: 'x', admin: true }, 'VALIDATION_ERROR'],
    ['an unknown choice', 'approve_task', { node_id: 'node1', remember: 'forever' }, 'VALIDATION_ERROR'],
    ['a number below zero', 'resume', { after: -1 }, 'VALIDATION_ERROR'],
    ['arguments that are a list', 'edit_task', { node_id: 'node1', arguments: [] }, 'VALIDATION_ERROR'],
  ])('%s is refused by name, and the socket stays open', async (_name, type, payload, code) => {
    const client = await scene.join(transport);
    client.sendRaw(type, payload, { id: 'frame-1' });
    const { payload: told } = await client.next(isError(code, 'frame-1'));
    expect(told).toMatchObject({ retryable: false, message: expect.any(String) as unknown });
    expect(JSON.stringify(told)).not.toMatch(/zod|at .*\.ts:/i);
    await settled(client);
    expect(client.seqs).toEqual([]);
  });

  test('a refusal says where the fault is', async () => {
    const client = await scene.join(transport);
    client.sendRaw('approve_all', { plan_id: 'plan_1', node_ids: ['node1', 2] }, { id: 'f' });
    const { payload } = await client.next(isError('VALIDATION_ERROR', 'f'));
    expect(payload.details).toMatchObject({ errors: [{ path: '/payload/node_ids/1' }] });
  });

  test('the spellings of the second draft are understood', async () => {
    const client = await scene.join(transport);
    const { node, planId } = await proposeOne(client, 'read');
    client.sendRaw('approve_task', { nodeId: node, planId, decisionId: 'camel' });
    await client.next(ended('done'));
  });

  test('a ping is answered by name', async () => {
    const client = await scene.join(transport);
    client.send('ping', {}, { id: 'p' });
    const { payload } = await client.next(({ payload: p }) => p.in_reply_to === 'p');
    expect(Date.parse(String(payload.ts))).toBeGreaterThan(0);
  });

  test('a thousand frames at once are told to slow down, others feel nothing, and it is fine again after', async () => {
    const loud = await scene.join(transport);
    const quiet = await scene.join(transport);
    for (let count = 0; count < 1_000; count += 1) loud.sendRaw('ping', {}, { id: `p${count}` });
    expect((await loud.next(isError('RATE_LIMITED'))).payload).toMatchObject({ retryable: true });
    const started = performance.now();
    await settled(quiet);
    expect(performance.now() - started).toBeLessThan(1_500);
    const pongs = () => loud.frames.filter(({ type, payload }) => type === 'pong' && payload.in_reply_to).length;
    expect(pongs()).toBeLessThan(400);
    for (let tries = 0; ; tries += 1) {
      loud.sendRaw('ping', {}, { id: `after-${tries}` });
      const answer = await loud
        .next(({ type, payload: p }) => type === 'pong' && p.in_reply_to === `after-${tries}`, 500)
        .catch(() => undefined);
      if (answer) break;
      expect(tries).toBeLessThan(10);
    }
  });

  test('a flood that does not end is cut off', async () => {
    const client = await scene.join(transport);
    for (let count = 0; count < 4_000; count += 1) client.sendRaw('ping', {});
    expect(await client.closed).toBe(4429);
  });

  test('what waits behind a slow command is bounded in bytes, and told so', async () => {
    const client = await scene.join(transport);
    const other = new pg.Client({ connectionString: scene.app.databaseUrl });
    await other.connect();
    await other.query('begin');
    await other.query('select id from sessions where id = $1 for update', [client.session]);
    client.send('chat_message', { text: 'This one waits for the session.' });
    const large = 'x'.repeat(MAX_FRAME_BYTES - 1_000);
    for (let count = 0; count < 4; count += 1)
      client.sendRaw('chat_message', { text: large }, { id: `large-${count}` });
    const { payload } = await client.next(isError('RATE_LIMITED'));
    expect(payload).toMatchObject({ retryable: true, message: expect.stringMatching(/waits/) as string });
    await other.query('rollback');
    await other.end();
    // The two that had room are refused for what they are.
    await client.next(isError('VALIDATION_ERROR', 'large-1'));
    await settled(client);
    expect(client.frames.filter((frame) => isError('VALIDATION_ERROR')(frame))).toHaveLength(2);
  });

  test('a frame over a mebibyte closes the socket, and others stay', async () => {
    const other = await scene.join(transport);
    const client = await scene.join(transport, { session: other.session });
    client.sendRaw('chat_message', { text: 'x'.repeat(2 * MAX_FRAME_BYTES) });
    expect([1009, ...(transport.name === 'socket.io' ? [1006] : [])]).toContain(await client.closed);
    await settled(other);
    expect(other.seqs).toEqual([]);
  });

  test('binary is no part of the protocol', async () => {
    const client = await scene.join(transport);
    client.sendRaw('chat_message', { text: 'x', file: Buffer.from([1, 2, 3]) }, { id: 'b' });
    await client.next(({ type, payload }) => type === 'error' && /INVALID|VALIDATION/.test(String(payload.code)));
    await settled(client);
    expect(client.seqs).toEqual([]);
  });

  test('a user opens only so many sockets', async () => {
    const person = await scene.app.signIn();
    const server = await scene.app.addServer(person, scene.upstream.url);
    const session = await scene.newSession(server, person);
    const connect = () => transport.connect(scene.app.url, { serverId: server.id, token: person.token, session });
    const clients = Array.from({ length: 64 }, connect);
    await Promise.all(clients.map((client) => client.next('session_snapshot', 20_000)));
    const late = connect();
    expect(await late.closed).toBe(4429);
    clients[0]?.close();
    await clients[0]?.closed;
    for (let tries = 0; ; tries += 1) {
      const again = connect();
      const entered = await again.next('session_snapshot', 2_000).then(
        () => true,
        () => false,
      );
      again.close();
      if (entered) break;
      expect(tries).toBeLessThan(10);
    }
    for (const client of clients) client.close();
  });
});

describe('on a raw socket', () => {
  test.each([
    ['what is not JSON', '{"type":'],
    ['words', 'hello'],
    ['a list', '[{"type":"ping","payload":{}}]'],
    ['a number', '7'],
    ['null', 'null'],
    ['an empty frame', ''],
    ['an object without a type', '{"payload":{}}'],
    ['a type that is no text', '{"type":{"$ne":null},"payload":{}}'],
    ['very deep nesting', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ])('%s is refused, and the socket stays open', async (_name, text) => {
    const client = await scene.join(RAW);
    (client as unknown as ReturnType<typeof connectRaw>).socket.send(text);
    await client.next(isError('INVALID_FRAME'));
    await settled(client);
  });

  test('a binary frame is refused, and the socket stays open', async () => {
    const client = await scene.join(RAW);
    const { socket } = client as unknown as ReturnType<typeof connectRaw>;
    socket.send(Buffer.from('{"type":"ping","payload":{}}'), { binary: true });
    await client.next(isError('INVALID_FRAME'));
    await settled(client);
  });

  test('arguments named __proto__ poison nothing', async () => {
    const client = await scene.join(RAW);
    const { node } = await proposeOne(client, 'read', { label: 'poison' });
    const { socket } = client as unknown as ReturnType<typeof connectRaw>;
    socket.send(
      `{"type":"edit_task","id":"p","payload":{"node_id":"${node}","arguments":{"label":"poison","__proto__":{"x":1}}}}`,
    );
    await settled(client);
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  test('zero bytes and lone surrogates in a message are stored and come back as text', async () => {
    const client = await scene.join(RAW);
    const { socket } = client as unknown as ReturnType<typeof connectRaw>;
    socket.send('{"type":"chat_message","payload":{"text":"a\\u0000b \\ud800 \\u202e c"}}');
    const { payload } = await client.next(({ type, payload: p }) => type === 'chat_message' && p.sender === 'USER');
    expect(String(payload.text).startsWith('ab ')).toBe(true);
    await client.next(({ type }) => type === 'turn_finished');
    const back = await scene.join(RAW, { session: client.session });
    expect(back.seqs).toEqual(client.seqs);
  });
});

test('over socket.io a command is acknowledged', async () => {
  const { io } = await import('socket.io-client');
  const session = await scene.newSession();
  const socket = io(`${scene.app.url}/ws/server/${scene.server.id}`, {
    auth: { token: scene.person.token, session },
    transports: ['websocket'],
    forceNew: true,
  });
  expect(await socket.timeout(5_000).emitWithAck('ping', {})).toEqual({ ok: true });
  expect(await socket.timeout(5_000).emitWithAck('approve_task', { node_id: 'node1' })).toEqual({ ok: false });
  expect(await socket.timeout(5_000).emitWithAck('nothing', {})).toEqual({ ok: false });
  socket.close();
});
