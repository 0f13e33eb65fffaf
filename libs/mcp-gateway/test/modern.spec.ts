import { CODES } from '../src/index.js';
import { result, text } from './fixture-tools.js';
import { gate } from './gate.js';
import { META, modern, open, send } from './http.js';
import { type Served, serve } from './serve.js';

describe('a client of the modern era', () => {
  let served: Served;
  beforeEach(async () => {
    served = await serve();
  });
  afterEach(async () => {
    expect(served.errors).toEqual([]);
    await served.close();
  });

  const call = (name: string, params = {}) => modern('tools/call', { name, arguments: {}, ...params });

  test('learns who answers, in which revisions, and how long it may keep that', async () => {
    const { status, json } = await send(served.url, modern('server/discover'));
    expect(status).toBe(200);
    expect(json.result).toMatchObject({
      resultType: 'complete',
      supportedVersions: expect.arrayContaining(['2026-07-28', '2025-11-25']) as unknown,
      ttlMs: 1000,
      cacheScope: 'private',
      instructions: 'Hello, ada.',
      _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'fixture' } },
    });
  });

  test('gets one JSON document, with the type of the result, where nothing is streamed', async () => {
    const { headers, json } = await send(served.url, call('test_simple_text'));
    expect(headers['content-type']).toBe('application/json');
    expect(json).toMatchObject({ id: 1, result: { resultType: 'complete', content: [{ type: 'text' }] } });
  });

  test('gets the bytes of a result as they are, whatever they are', async () => {
    const odd = ' \n{ "content" : [ {"type":"text","text":"é\\u00e9 \\" 漢字 🙂"} ], "n": 1.0 }\n';
    for (const bytes of [odd, Buffer.from(odd)]) {
      served.backend.tools.odd = { description: 'Odd', run: () => ({ kind: 'result', text: bytes }) };
      const answer = await send(served.url, modern('tools/call', { name: 'odd' }, 'ä"b'));
      expect(answer.text).toBe(`{"jsonrpc":"2.0","id":"ä\\"b","result":{"resultType":"complete",${odd.slice(3)}}`);
      expect(Number(answer.headers['content-length'])).toBe(Buffer.byteLength(answer.text));
    }
  });

  test('is told a type that the result has itself, and not another', async () => {
    const task = '{"taskId":"1","resultType":"task"}';
    served.backend.tools.task = { description: 'Task', run: () => ({ kind: 'result', text: task }) };
    const { text: told } = await send(served.url, call('task'));
    expect(told).toContain(`"result":${task}}`);
  });

  test('gets a stream when there is progress, and the answer at its end', async () => {
    const stream = await open(served.url, call('test_tool_with_progress', { _meta: { progressToken: 'p' } }));
    expect(stream.headers['content-type']).toBe('text/event-stream');
    expect((await stream.next())?.message.params).toMatchObject({ progressToken: 'p', progress: 0, total: 100 });
    await stream.next();
    await stream.next();
    const last = await stream.next();
    expect(last).toMatchObject({ id: undefined, message: { id: 1, result: { resultType: 'complete' } } });
    expect(await stream.next()).toBeUndefined();
  });

  test('hears logs from the level on that it asks for, and none otherwise', async () => {
    const quiet = await send(served.url, call('test_tool_with_logging'));
    expect(quiet.headers['content-type']).toBe('application/json');
    const level = (wanted: string) => ({ _meta: { 'io.modelcontextprotocol/logLevel': wanted } });
    const loud = await open(served.url, call('test_tool_with_logging', level('info')));
    expect((await loud.nextMessage())?.method).toBe('notifications/message');
    const picky = await send(served.url, call('test_tool_with_logging', level('error')));
    expect(picky.json.result).toBeDefined();
  });

  test('cancels by leaving', async () => {
    const [started, cancelled] = [gate(), gate()];
    served.backend.tools.slow = {
      description: 'Slow',
      run: async (_request, { signal }) => {
        signal.addEventListener('abort', () => cancelled.open());
        started.open();
        await cancelled.passed;
        return result(text('too late'));
      },
    };
    const aborted = new AbortController();
    const { headers, body } = call('slow');
    const sending = fetch(served.url, {
      method: 'POST',
      headers: { ...headers, accept: '*/*', 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: aborted.signal,
    });
    await started.passed;
    aborted.abort();
    await expect(sending).rejects.toThrow();
    await cancelled.passed;
  });

  test.each([
    ['no version in the headers', { 'mcp-protocol-version': undefined }],
    ['another version', { 'mcp-protocol-version': '2025-11-25' }],
    ['no method', { 'mcp-method': undefined }],
    ['another method', { 'mcp-method': 'tools/list' }],
    ['no name', { 'mcp-name': undefined }],
    ['another name', { 'mcp-name': 'test_image_content' }],
    ['a name in base64 that is none', { 'mcp-name': '=?base64?!!!?=' }],
  ])('is refused with %s, where the body says otherwise', async (_case, change) => {
    const { headers, body } = call('test_simple_text');
    const changed = Object.entries({ ...headers, ...change }).filter(([, value]) => value !== undefined);
    const { status, json } = await send(served.url, { headers: Object.fromEntries(changed) as never, body });
    expect([status, json.error?.code, json.id]).toEqual([400, CODES.headerMismatch, 1]);
  });

  test('may send a name in base64', async () => {
    const { headers, body } = call('test_simple_text');
    const name = `=?base64?${Buffer.from('test_simple_text').toString('base64')}?=`;
    expect((await send(served.url, { headers: { ...headers, 'mcp-name': name }, body })).status).toBe(200);
  });

  test('is refused arguments that differ from their headers', async () => {
    const { headers, body } = call('test_custom_headers', { arguments: { region: 'eu' } });
    const statusWith = async (more: Record<string, string>) =>
      (await send(served.url, { headers: { ...headers, ...more }, body })).status;
    expect(await statusWith({ 'mcp-param-region': 'eu' })).toBe(200);
    expect(await statusWith({ 'Mcp-Param-Region': '=?base64?ZXU=?=' })).toBe(200);
    expect(await statusWith({ 'mcp-param-region': 'us' })).toBe(400);
    expect(await statusWith({})).toBe(400);
  });

  test('is told which revisions there are when it names another', async () => {
    const meta = { _meta: { 'io.modelcontextprotocol/protocolVersion': '2031-01-01' } };
    const { headers, body } = modern('server/discover', meta);
    const answer = await send(served.url, { headers: { ...headers, 'mcp-protocol-version': '2031-01-01' }, body });
    expect(answer.status).toBe(400);
    expect(answer.json.error).toMatchObject({ code: CODES.unsupportedVersion, data: { requested: '2031-01-01' } });
  });

  test.each([
    ['no _meta', {}],
    ['no version', { _meta: { ...META, 'io.modelcontextprotocol/protocolVersion': undefined } }],
    ['no capabilities', { _meta: { ...META, 'io.modelcontextprotocol/clientCapabilities': undefined } }],
  ])('is refused with %s', async (_case, params) => {
    const { headers } = modern('tools/list');
    const body = { jsonrpc: '2.0', id: 7, method: 'tools/list', params };
    const { status, json } = await send(served.url, { headers, body });
    expect([status, json.error?.code, json.id]).toEqual([400, CODES.invalidParams, 7]);
  });

  test.each(['initialize', 'ping', 'logging/setLevel', 'resources/subscribe', 'tasks/list', 'no/such', 'constructor'])(
    'finds no method %s',
    async (method) => {
      const { status, json } = await send(served.url, modern(method));
      expect([status, json.error?.code]).toEqual([404, CODES.methodNotFound]);
    },
  );

  test('finds no sessions, streams by GET, batches or responses', async () => {
    const version = { 'mcp-protocol-version': '2026-07-28' };
    const got = await send(served.url, { method: 'GET', headers: { ...version, accept: 'text/event-stream' } });
    expect([got.status, got.headers.allow]).toEqual([405, 'POST']);
    const batch = await send(served.url, { headers: version, body: [modern('tools/list').body] });
    expect(batch.status).toBe(400);
    const response = await send(served.url, { headers: version, body: { jsonrpc: '2.0', id: 1, result: {} } });
    expect(response.status).toBe(400);
    const listed = await send(served.url, {
      ...modern('tools/list'),
      headers: { ...modern('tools/list').headers, 'mcp-session-id': 'x' },
    });
    expect([listed.status, listed.headers['mcp-session-id']]).toEqual([200, undefined]);
  });

  test('is told in its own words that a resource is not there', async () => {
    served.backend.tools.old = {
      description: 'Old',
      run: () => ({ kind: 'error', code: -32002, message: 'Not found' }),
    };
    const { status, json } = await send(served.url, call('old'));
    expect([status, json.error]).toEqual([200, { code: CODES.invalidParams, message: 'Not found' }]);
  });

  test('is refused a cursor that is none', async () => {
    expect((await send(served.url, modern('tools/list', { cursor: 1 }))).json.error?.code).toBe(CODES.invalidParams);
    expect((await send(served.url, modern('tools/list', { cursor: 'x' }))).json.error?.code).toBe(CODES.invalidParams);
  });
});
