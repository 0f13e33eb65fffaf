import type { ServerResponse } from 'node:http';
import { startChattyLegacy, type ChattyServer } from '../test-support/chatty-servers.js';
import type { Fault } from '../test-support/faults.js';
import { scriptedModern, type Script } from '../test-support/scripted-server.js';
import { targetAt, testBench } from '../test-support/targets.js';
import type { UpstreamPoolOptions, UpstreamSession, UpstreamTarget } from './index.js';

const bench = testBench();
const closing: { close(): Promise<void> }[] = [];

afterEach(() => Promise.all(closing.splice(0).map((one) => one.close())));
afterAll(() => bench.close());

/** A pool, and what it tells, as it comes. */
function poolThatHears(options: UpstreamPoolOptions = {}) {
  const told: string[] = [];
  const waiting: { of: string; tell: () => void }[] = [];
  const hear = (line: string) => {
    told.push(line);
    for (const { of, tell } of waiting) if (of === line) tell();
  };
  const pool = bench.pool({
    onChanged: (key, what) => hear(`${key} ${what}`),
    onResourceUpdated: (key, uri) => hear(`${key} ${uri}`),
    ...options,
  });
  const heard = (line: string) =>
    told.includes(line)
      ? Promise.resolve()
      : new Promise<void>((tell) => {
          waiting.push({ of: line, tell });
        });
  return { pool, told, heard };
}

/** A server does not know when somebody listens, so it says it again. */
async function sayUntil(heard: Promise<void>, say: () => void): Promise<void> {
  const again = setInterval(say, 20);
  try {
    say();
    await heard;
  } finally {
    clearInterval(again);
  }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

describe.each(['streamable_http', 'sse'] as const)('a resource of a legacy server over %s', (transport) => {
  let server: ChattyServer;
  let target: UpstreamTarget;
  beforeEach(async () => {
    server = await startChattyLegacy(transport);
    target = targetAt(server.url, { key: 'it', transport });
    closing.push(server);
  });

  it('is watched once, for all who want to hear of it, until nobody does', async () => {
    const { pool, told, heard } = poolThatHears();
    const use = (work: (session: UpstreamSession) => Promise<void>) => pool.withSession(target, {}, work);
    await Promise.all([1, 2].map(() => use((session) => session.subscribeResource('note://one'))));
    await use((session) => session.subscribeResource('note://two'));
    await sayUntil(heard('it note://one'), () => server.update('note://one'));
    await use((session) => session.unsubscribeResource('note://one'));
    expect(server.watched).toEqual(['+note://one', '+note://two']);
    await use((session) => session.unsubscribeResource('note://one'));
    await use((session) => session.unsubscribeResource('note://never'));
    expect(server.watched).toEqual(['+note://one', '+note://two', '-note://one']);
    expect(new Set(told)).toEqual(new Set(['it note://one']));
    await pool.close();
  });

  it('keeps its session, however idle it is, until nobody wants to hear of it', async () => {
    const { pool, heard } = poolThatHears({ idleMs: 20 });
    await pool.withSession(target, {}, (session) => session.subscribeResource('note://one'));
    const another = targetAt(server.url, { key: 'idle', transport });
    await pool.withSession(another, {}, (session) => session.ping());
    await until(() => server.sessions() === 1);
    await sayUntil(heard('it note://one'), () => server.update('note://one'));
    await pool.withSession(target, {}, (session) => session.unsubscribeResource('note://one'));
    await until(() => server.sessions() === 0);
    expect(server.watched).toEqual(['+note://one', '-note://one']);
    await pool.close();
  });
});

describe('a legacy server that has forgotten a session', () => {
  it('is told again what is watched, with the next request', async () => {
    const server = await startChattyLegacy('streamable_http');
    closing.push(server);
    const { pool, heard } = poolThatHears();
    const target = targetAt(server.url, { key: 'it' });
    await pool.withSession(target, {}, (session) => session.subscribeResource('note://one'));
    server.forget();
    await pool.withSession(target, {}, (session) => session.ping());
    await until(() => server.watched.length === 2);
    expect(server.watched).toEqual(['+note://one', '+note://one']);
    await sayUntil(heard('it note://one'), () => server.update('note://one'));
    await pool.close();
  });
});

describe('a legacy server over HTTP+SSE that was restarted', () => {
  it('is told again what is watched, though nobody calls', async () => {
    const server = await startChattyLegacy('sse');
    closing.push(server);
    const { pool, heard } = poolThatHears();
    const target = targetAt(server.url, { key: 'it', transport: 'sse' });
    await pool.withSession(target, {}, (session) => session.subscribeResource('note://one'));
    server.breakOff();
    await until(() => server.watched.length === 2);
    await sayUntil(heard('it note://one'), () => server.update('note://one'));
    await pool.close();
  });
});

describe('a modern server', () => {
  const CAPABILITIES = {
    tools: { listChanged: true },
    prompts: { listChanged: true },
    resources: { listChanged: true, subscribe: true },
  };
  const LISTS = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true };

  interface Stream {
    wants: unknown;
    say(method: string, params?: object): void;
    response: ServerResponse;
  }

  async function listening(): Promise<{ server: Fault; streams: Stream[] }> {
    const streams: Stream[] = [];
    const script: Script = ({ id, method, params }, { response }) => {
      if (method !== 'subscriptions/listen') return { result: { resultType: 'complete', content: [] } };
      const _meta = { 'io.modelcontextprotocol/subscriptionId': id };
      const say = (of: string, more: object = {}) =>
        void response.write(`data: ${JSON.stringify({ jsonrpc: '2.0', method: of, params: { _meta, ...more } })}\n\n`);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      say('notifications/subscriptions/acknowledged', { notifications: params.notifications });
      const stream = { wants: params.notifications, say, response };
      streams.push(stream);
      response.once('close', () => streams.splice(streams.indexOf(stream), 1));
      return undefined;
    };
    const server = await scriptedModern(script, CAPABILITIES);
    closing.push(server);
    return { server, streams };
  }

  it('is asked for its lists and the resources that are watched on one stream, anew when they change', async () => {
    const { server, streams } = await listening();
    const { pool, heard } = poolThatHears();
    const target = targetAt(server.url, { key: 'it' });
    const use = (work: (session: UpstreamSession) => Promise<unknown>) => pool.withSession(target, {}, work);
    await use((session) => session.ping());
    await until(() => streams.length === 1);
    expect(streams[0]?.wants).toEqual(LISTS);
    for (const what of ['tools', 'prompts', 'resources']) {
      streams[0]?.say(`notifications/${what}/list_changed`);
      await heard(`it ${what}`);
    }
    await use((session) => session.subscribeResource('note://one'));
    await use((session) => session.subscribeResource('note://two'));
    await until(() => streams.length === 1);
    expect(streams[0]?.wants).toEqual({ ...LISTS, resourceSubscriptions: ['note://one', 'note://two'] });
    streams[0]?.say('notifications/resources/updated', { uri: 'note://two' });
    await heard('it note://two');
    await use((session) => session.unsubscribeResource('note://one'));
    await use((session) => session.unsubscribeResource('note://two'));
    await until(() => streams.length === 1 && !('resourceSubscriptions' in (streams[0]?.wants as object)));
    await pool.close();
    await until(() => streams.length === 0);
  });

  it('that breaks the stream is asked again for the same', async () => {
    const { server, streams } = await listening();
    const { pool } = poolThatHears();
    const target = targetAt(server.url, { key: 'it' });
    await pool.withSession(target, {}, (session) => session.subscribeResource('note://one'));
    await until(() => streams.length === 1);
    const before = streams[0];
    before?.response.end();
    await until(() => streams.length === 1 && streams[0] !== before);
    expect(streams[0]?.wants).toEqual(before?.wants);
    await pool.close();
  });
});
