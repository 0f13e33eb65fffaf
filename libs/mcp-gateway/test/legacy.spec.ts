import { CODES } from '../src/index.js';
import { result, text } from './fixture-tools.js';
import { eventually, gate } from './gate.js';
import { open, send } from './http.js';
import { call, startSession } from './legacy-session.js';
import { type Served, serve } from './serve.js';

const initialize = (params: object) => ({ body: { jsonrpc: '2.0', id: 0, method: 'initialize', params } });
const list = { jsonrpc: '2.0', id: 2, method: 'tools/list' };

describe('a client of the legacy era', () => {
  let served: Served;
  beforeEach(async () => {
    served = await serve({ touchEveryMs: 0 });
  });
  afterEach(async () => {
    expect(served.errors).toEqual([]);
    await served.close();
  });

  test.each([
    ['2025-11-25', '2025-11-25'],
    ['2025-06-18', '2025-06-18'],
    ['2025-03-26', '2025-03-26'],
    ['2024-11-05', '2024-11-05'],
    ['2026-07-28', '2025-11-25'],
    ['1999-01-01', '2025-11-25'],
  ])('that asks for %s gets a session of %s', async (asked, agreed) => {
    const { json, headers } = await send(served.url, initialize({ protocolVersion: asked, capabilities: {} }));
    expect(json.result).toMatchObject({ protocolVersion: agreed, serverInfo: { name: 'fixture' } });
    expect(headers['mcp-session-id']).toMatch(/^[\x21-\x7e]+$/);
  });

  test('gets lists, whole, without what only newer revisions know', async () => {
    const session = await startSession(served.url);
    const { json, headers } = await session.post(list);
    expect(headers['content-type']).toBe('application/json');
    expect(Object.keys(json.result ?? {})).toEqual(['tools']);
  });

  test('without a session is told to start one', async () => {
    for (const sent of [{ body: list }, { method: 'DELETE' }, { method: 'GET', headers: { accept: '*/*' } }]) {
      expect((await send(served.url, sent)).status).toBe(400);
    }
  });

  test('finds no session that never was, has ended, or is of somebody else', async () => {
    const session = await startSession(served.url);
    expect((await session.post(list, { 'x-caller': 'eve' })).status).toBe(404);
    expect((await session.post(list, { 'mcp-session-id': 'none' })).status).toBe(404);
    expect((await send(served.url, { method: 'DELETE', headers: session.headers })).status).toBe(204);
    const answer = await session.post(list);
    expect([answer.status, answer.json.error?.code]).toEqual([404, CODES.noSuchSession]);
    expect((await send(served.url, { method: 'DELETE', headers: session.headers })).status).toBe(404);
  });

  test('costs the store nothing while its session is known', async () => {
    const session = await startSession(served.url);
    await session.post({ jsonrpc: '2.0', id: 1, method: 'logging/setLevel', params: { level: 'info' } });
    for (let round = 0; round < 5; round++) await session.post(list);
    expect(served.shared.sessions.finds).toBe(0);
    await eventually(() => (served.shared.sessions.records.get(session.id)?.lastUsedAt ?? 0) > 0);
  });

  test('gets failures in the body, of requests it may send', async () => {
    const session = await startSession(served.url);
    const { status, json } = await session.post({ jsonrpc: '2.0', id: 'x', method: 'no/such' });
    expect([status, json.error?.code, json.id]).toEqual([200, CODES.methodNotFound, 'x']);
    expect((await session.post({ jsonrpc: '2.0', id: 1, method: 'ping' })).json.result).toEqual({});
  });

  test('is spared what a server of the newer era says for newer clients alone', async () => {
    const told = (answer: string, resultType?: string) => () => ({ kind: 'result' as const, text: answer, resultType });
    const words = '"content":[{"type":"text","text":"\\"resultType\\":1"}]';
    const meta = '"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"x","version":"1"}';
    served.backend.tools.plain = {
      description: 'Newer',
      run: told(`{${words} , "resultType" : "complete",${meta}}}`, 'complete'),
    };
    served.backend.tools.marked = {
      description: 'Newer',
      run: told(`{"resultType":"complete",${words},${meta},"a/b":1},"structuredContent":{"ttlMs":1}}`, 'complete'),
    };
    served.backend.tools.older = { description: 'Older', run: told(`{${words},${meta}},"resultType":"odd"}`) };
    const session = await startSession(served.url);
    const resultOf = async (name: string) => (await session.post(call(name))).json.result;
    const { content } = JSON.parse(`{${words}}`) as { content: unknown };
    expect(await resultOf('plain')).toEqual({ content });
    expect(await resultOf('marked')).toEqual({ content, _meta: { 'a/b': 1 }, structuredContent: { ttlMs: 1 } });
    expect(await resultOf('older')).toMatchObject({ resultType: 'odd', _meta: expect.anything() as unknown });
  });

  test('is told of a failure of ours in general words', async () => {
    served.backend.tools.broken = { description: 'Broken', run: () => Promise.reject(new Error('secret')) };
    const session = await startSession(served.url);
    const { text: told } = await session.post(call('broken'));
    expect(told).toContain(String(CODES.internal));
    expect(told).not.toContain('secret');
    expect(served.errors.splice(0)).toEqual([new Error('secret')]);
  });

  test('cancels by a notification, and not by leaving a stream it can come back to', async () => {
    const cancelled = gate();
    served.backend.tools.slow = {
      description: 'Slow',
      run: async (_request, exchange) => {
        exchange.log({ level: 'info', data: 'begun' });
        exchange.signal.addEventListener('abort', () => cancelled.open());
        await cancelled.passed;
        return result(text('cancelled'));
      },
    };
    const session = await startSession(served.url);
    const stream = await session.stream(call('slow', {}, 'slow one'));
    await stream.nextMessage();
    stream.leave();
    expect((await session.post(list)).status).toBe(200);
    expect(served.endpoint.load.running).toBe(1);
    await session.post({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'slow one' } });
    await cancelled.passed;
    await eventually(() => served.endpoint.load.running === 0);
  });

  test('sets the level of its logs', async () => {
    const session = await startSession(served.url);
    const setLevel = (level: unknown) =>
      session.post({ jsonrpc: '2.0', id: 1, method: 'logging/setLevel', params: { level } });
    expect((await setLevel('loud')).json.error?.code).toBe(CODES.invalidParams);
    expect((await setLevel('warning')).json.result).toEqual({});
    const { headers } = await session.post(call('test_tool_with_logging'));
    expect(headers['content-type']).toBe('application/json');
    expect(served.shared.sessions.records.get(session.id)?.logLevel).toBe('warning');
  });

  test('hears on one of its streams what belongs to no request', async () => {
    const session = await startSession(served.url);
    const [first, second] = [await session.get(), await session.get()];
    await session.post({ jsonrpc: '2.0', id: 1, method: 'resources/subscribe', params: { uri: 'test://a' } });
    expect(served.backend.listening).toEqual([expect.objectContaining({ resourceSubscriptions: ['test://a'] })]);
    served.backend.tell('notifications/tools/list_changed');
    served.backend.tell('notifications/resources/updated', { uri: 'test://a' });
    expect((await second.nextMessage())?.method).toBe('notifications/tools/list_changed');
    expect(await second.nextMessage()).toMatchObject({ params: { uri: 'test://a' } });
    await session.post({ jsonrpc: '2.0', id: 1, method: 'resources/unsubscribe', params: { uri: 'test://a' } });
    expect(served.backend.listening[0]).not.toHaveProperty('resourceSubscriptions');
    await send(served.url, { method: 'DELETE', headers: session.headers });
    expect(await first.nextMessage()).toBeUndefined();
    expect(served.backend.listening).toEqual([]);
    expect(served.endpoint.load).toEqual({ running: 0, listening: 0, streams: 0 });
  });

  test('sends batches in the one revision that has them', async () => {
    const batch = [list, { jsonrpc: '2.0', method: 'notifications/initialized' }, call('test_tool_with_progress')];
    const old = await startSession(served.url, { version: '2025-03-26' });
    const { json } = await old.post(batch);
    expect(json).toMatchObject([
      { id: 2, result: {} },
      { id: 1, result: {} },
    ]);
    expect((await old.post([{ jsonrpc: '2.0', method: 'notifications/initialized' }])).status).toBe(202);
    expect((await old.post([])).status).toBe(400);
    expect((await old.post(Array.from({ length: 33 }, () => list))).status).toBe(400);
    const newer = await startSession(served.url, { version: '2025-06-18' });
    expect((await newer.post(batch)).status).toBe(400);
  });

  test('cancels the calls of a batch whose client left before its session was found', async () => {
    const session = await startSession(served.url, { version: '2025-03-26' });
    const other = await serve({}, served.shared);
    const [looking, found, cancelled] = [gate(), gate(), gate()];
    const { sessions } = served.shared;
    const find = sessions.find.bind(sessions);
    sessions.find = async (id) => {
      looking.open();
      await found.passed;
      return find(id);
    };
    other.backend.tools.slow = {
      description: 'Slow',
      run: async (_request, { signal }) => {
        if (!signal.aborted) signal.addEventListener('abort', () => cancelled.open());
        await cancelled.passed;
        return result(text('cancelled'));
      },
    };
    const leaving = new AbortController();
    const accept = 'application/json, text/event-stream';
    const left = fetch(other.url, {
      method: 'POST',
      headers: { ...session.headers, accept, 'content-type': 'application/json' },
      body: JSON.stringify([call('slow')]),
      signal: leaving.signal,
    }).catch(() => undefined);
    await looking.passed;
    leaving.abort();
    await left;
    // What is answered after it has seen the end of the one before.
    await send(other.url, { body: {} });
    found.open();
    await cancelled.passed;
    await eventually(() => other.endpoint.load.running === 0);
    await other.close();
  });

  test.each([
    ['a broken body', { body: '{' }, 400, CODES.parse],
    ['no message', { body: {} }, 400, CODES.invalidRequest],
    ['a null id', { body: { jsonrpc: '2.0', id: null, method: 'ping' } }, 400, CODES.invalidRequest],
    [
      'parameters in an array',
      { body: { jsonrpc: '2.0', id: 1, method: 'ping', params: [] } },
      400,
      CODES.invalidRequest,
    ],
    ['another type', { body: list, headers: { 'content-type': 'text/plain' } }, 415, CODES.badSession],
    ['a taste for one type', { body: list, headers: { accept: 'application/json' } }, 406, CODES.badSession],
    ['another revision', { body: list, headers: { 'mcp-protocol-version': '2030-01-01' } }, 400, CODES.invalidParams],
    ['another HTTP method', { method: 'PUT' }, 405, CODES.badSession],
  ])('is refused with %s', async (_case, sent, status, code) => {
    const answer = await send(served.url, sent);
    expect([answer.status, answer.json.error?.code]).toEqual([status, code]);
  });

  test('opens no stream without accepting one', async () => {
    const session = await startSession(served.url);
    const stream = await open(served.url, { method: 'GET', headers: { ...session.headers, accept: 'text/html' } });
    expect(stream.status).toBe(406);
  });
});
