import {
  type CommandError,
  connectSession,
  type EventPayload,
  type EventType,
  type SessionClient,
  type SessionOptions,
  socketIo,
  type Transport,
  webSocket,
} from '@app/session-protocol/client';
import { io } from 'socket.io-client';
import { TcpProxy } from '../support/chaos/tcp-proxy.js';
import { eventually } from '../support/app.js';
import { type Scene, startScene } from './support/scene.js';

let scene: Scene;
let proxy: TcpProxy;
const clients: SessionClient[] = [];
beforeAll(async () => {
  scene = await startScene();
  proxy = await TcpProxy.to(Number(new URL(scene.app.url).port));
});
afterAll(async () => {
  await proxy.close();
  await scene.stop();
});

interface StoredEvent {
  seq: number;
  type: string;
  payload: { sender?: string };
}

const CARRIERS: { name: string; transport: Transport }[] = [
  { name: 'the WebSocket of Node', transport: webSocket() },
  { name: 'socket.io', transport: socketIo(io) },
];
const puppetry = (tool: string, n: string) => ({
  text: JSON.stringify({ plan: [{ key: 'only', tool, arguments: { text: n } }], n }),
});

describe.each(CARRIERS)('the client of the library over $name', ({ name, transport }) => {
  function connect(options: Partial<SessionOptions> = {}): SessionClient {
    const { server, person } = scene;
    const client = connectSession({
      origin: proxy.url,
      serverId: server.id,
      token: person.token,
      transport,
      retryStepsMs: [20],
      ...options,
    });
    clients.push(client);
    return client;
  }
  const storedIn = async (session: string) =>
    (await scene.person.call<{ events: StoredEvent[] }>('GET', `/sessions/${session}/events?limit=500`)).body.events;
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
  });

  test('asks, decides and reads the answer in a few lines', async () => {
    const client = connect({ session: await scene.newSession() });
    const events = client.events();
    const { payload } = await client.send('chat_message', puppetry('write', `a ${name}`));
    expect(payload).toMatchObject({ sender: 'USER', turn_id: expect.stringMatching(/^turn_/) as string });
    const types = new Set<string>();
    for await (const event of events) {
      types.add(event.type);
      if (event.type === 'task_graph_proposal') {
        await client.send('approve_all', { plan_id: event.payload.plan_id });
      }
      if (event.type === 'turn_finished') break;
    }
    expect([...types]).toEqual(expect.arrayContaining(['hello', 'session_snapshot', 'task_decision', 'task_update']));
    expect(client.lastSeq).toBeGreaterThan(5);
  });

  test('without a session named it takes the latest, and stays with it', async () => {
    const session = await scene.newSession();
    const client = connect();
    expect((await client.ready).session.id).toBe(session);
    await scene.newSession();
    proxy.reset();
    await online(client);
    expect(client.sessionId).toBe(session);
  });

  test('what the server refuses is an error with its code', async () => {
    const client = connect({ session: await scene.newSession() });
    await expect(client.send('approve_task', { node_id: 'node99' })).rejects.toMatchObject({
      name: 'CommandError',
      code: 'NODE_NOT_FOUND',
      retryable: false,
    } satisfies Partial<CommandError>);
    await expect(client.send('stop', {})).rejects.toMatchObject({ code: 'NOTHING_TO_STOP' });
    await client.send('ping', {});
    await client.send('resume', { after: 0 });
  });

  test('cuts never show: every event once, in order; every message and decision once', async () => {
    const session = await scene.newSession();
    const client = connect({ session });
    const seqs: number[] = [];
    client.onFrame(({ seq, type }) => {
      if (seq === undefined) return;
      seqs.push(seq);
      if (seq % 4 === 0 || type === 'task_graph_proposal') setImmediate(() => proxy.reset());
    });
    for (const n of [1, 2, 3]) {
      const [proposed, ended] = [next(client, 'task_graph_proposal'), next(client, 'turn_finished')];
      const saying = client.send('chat_message', puppetry('write', `${name} cut ${n}`));
      setImmediate(() => proxy.reset());
      await saying;
      await client.send('approve_all', { plan_id: (await proposed).plan_id });
      await ended;
    }
    await online(client);
    const stored = await eventually(
      () => storedIn(session),
      (events) => events.length === seqs.length,
    );
    expect(seqs).toEqual(stored.map(({ seq }) => seq));
    const said = stored.filter(({ type, payload }) => type === 'chat_message' && payload.sender === 'USER');
    expect(said).toHaveLength(3);
  });

  test('what was said while there was no line is said when there is one', async () => {
    const client = connect({ session: await scene.newSession(), retryStepsMs: [300] });
    await client.ready;
    proxy.reset();
    await eventually(
      () => client.status.state,
      (state) => state === 'reconnecting',
    );
    const { payload } = await client.send('chat_message', { text: JSON.stringify({ say: 'Hello' }) });
    expect(payload.text).toContain('Hello');
  });

  test('a token that is no good is asked for again', async () => {
    const asked: boolean[] = [];
    const client = connect({
      session: await scene.newSession(),
      token: ({ renew }) => {
        asked.push(renew);
        return renew ? scene.person.token : 'not-a-token';
      },
    });
    await client.ready;
    expect(asked).toEqual([false, true]);
  });

  test('a server that is not there is final', async () => {
    const client = connect({ serverId: `mcp_${'0'.repeat(32)}` });
    await expect(client.ready).rejects.toMatchObject({ name: 'ConnectionRefused', reason: 'no_such_server' });
  });

  test('a ticket opens it as well', async () => {
    const client = connect({
      session: await scene.newSession(),
      ticket: async ({ serverId }) =>
        (await scene.person.call<{ ticket: string }>('POST', '/ws/tickets', { server_id: serverId })).body.ticket,
    });
    await client.ready;
    proxy.reset();
    await online(client);
  });
});

async function next<Type extends EventType>(client: SessionClient, type: Type): Promise<EventPayload<Type>> {
  return new Promise((resolve) => {
    const forget = client.on(type, (payload) => {
      forget();
      resolve(payload);
    });
  });
}

async function online(client: SessionClient): Promise<void> {
  await eventually(
    () => client.status.state,
    (state) => state === 'online',
  );
}
