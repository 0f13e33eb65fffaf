import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { CODES } from '../src/index.js';
import { result, text } from './fixture-tools.js';
import { eventually, gate } from './gate.js';
import { META, modern, open, send } from './http.js';
import { call, startSession } from './legacy-session.js';
import { type Served, serve } from './serve.js';

describe('an endpoint', () => {
  let served: Served;
  const serving = async (limits: Parameters<typeof serve>[0] = {}) => (served = await serve(limits));
  afterEach(() => served.close());

  test('reads no more of a body than it takes', async () => {
    await serving({ maxBodyBytes: 1000 });
    const large = modern('tools/call', { name: 'x', arguments: { pad: 'x'.repeat(2000) } });
    expect((await send(served.url, large)).status).toBe(413);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { ...large.headers, accept: '*/*', 'content-type': 'application/json' };
      const sending = request(served.url, { method: 'POST', headers }, ({ statusCode }) => resolve(statusCode));
      sending.on('error', reject);
      sending.write('{"pad":"');
      sending.write('x'.repeat(2000));
    });
    expect(status).toBe(413);
  });

  test('takes no message that is nested without end', async () => {
    await serving();
    const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
    const { headers } = modern('tools/call', { name: 'test_simple_text' });
    const body = (levels: number) =>
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"test_simple_text","arguments":{"a":${deep(levels)}},"_meta":${JSON.stringify(META)}}}`;
    expect((await send(served.url, { headers, body: body(60) })).status).toBe(200);
    const refused = await send(served.url, { headers, body: body(62) });
    expect([refused.status, refused.json.error?.code]).toEqual([400, CODES.invalidRequest]);
  });

  test('takes a body that the host has read', async () => {
    await serving();
    const { headers, body } = modern('tools/list');
    const chunks: Buffer[] = [];
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const response = {
      destroyed: false,
      headersSent: false,
      writeHead: (status: number) => chunks.push(Buffer.from(`${status} `)),
      end: (last: string) => {
        chunks.push(Buffer.from(last, 'latin1'));
        end();
      },
      on: () => response,
    };
    const given = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' } };
    const read = Buffer.from(JSON.stringify(body));
    await served.endpoint.handle(given as never, response as never, 'ada', { key: 'k', body: read });
    await ended;
    expect(Buffer.concat(chunks).toString()).toMatch(/^200 \{"jsonrpc":"2.0","id":1,"result":\{"resultType"/);
  });

  test('lets go of who does not read', async () => {
    await serving({ maxUnreadBytes: 64 * 1024 });
    const interrupted = gate();
    served.backend.tools.chatty = {
      description: 'Chatty',
      run: async (_request, exchange) => {
        exchange.signal.addEventListener('abort', () => interrupted.open());
        while (!exchange.signal.aborted) {
          exchange.notify('notifications/message', { level: 'info', data: 'x'.repeat(16 * 1024) });
          await new Promise(setImmediate);
        }
        return result(text('never read'));
      },
    };
    const socket = deafClient(served.url, modern('tools/call', { name: 'chatty' }));
    await interrupted.passed;
    socket.destroy();
  });

  test('sends a long answer whole, also in a stream', async () => {
    await serving({ maxUnreadBytes: 1024, maxKeptBytes: 1024 });
    const long = 'ü'.repeat(1_000_000);
    served.backend.tools.long = {
      description: 'Long',
      run: (_request, exchange) => {
        exchange.progress({ progress: 1 });
        return { kind: 'result', text: Buffer.from(JSON.stringify({ content: [text(long)] })) };
      },
    };
    const whole = await send(served.url, modern('tools/call', { name: 'long' }));
    expect(whole.json.result).toMatchObject({ content: [{ text: long }] });
    const session = await startSession(served.url);
    const stream = await session.stream(call('long', {}, 1, { progressToken: 1 }));
    await stream.nextMessage();
    expect((await stream.nextMessage())?.result).toMatchObject({ content: [{ text: long }] });
  });

  test('makes a stream of an answer that takes long, and keeps it alive', async () => {
    await serving({ streamAfterMs: 0, keepAliveMs: 0, pulseMs: 5 });
    const done = gate();
    served.backend.tools.slow = {
      description: 'Slow',
      run: async () => {
        await done.passed;
        return result(text('at last'));
      },
    };
    const stream = await open(served.url, modern('tools/call', { name: 'slow' }));
    expect(stream.headers['content-type']).toBe('text/event-stream');
    done.open();
    expect((await stream.nextMessage())?.result).toBeDefined();
  });

  test('lets the oldest of too many streams of a session go', async () => {
    await serving({ maxListenersOfSession: 2 });
    const session = await startSession(served.url);
    const streams = [await session.get(), await session.get(), await session.get()];
    while (await streams[0]?.next());
    expect(served.endpoint.load.streams).toBe(2);
  });

  test('takes so many subscriptions, and no more', async () => {
    await serving({ maxSubscriptions: 1 });
    const session = await startSession(served.url);
    const subscribe = (uri: string) =>
      session.post({ jsonrpc: '2.0', id: 1, method: 'resources/subscribe', params: { uri } });
    expect((await subscribe('test://a')).json.result).toEqual({});
    expect((await subscribe('test://b')).json.error?.code).toBe(CODES.invalidParams);
    const listen = modern('subscriptions/listen', { notifications: { resourceSubscriptions: ['a', 'b'] } });
    expect((await send(served.url, listen)).json.error?.code).toBe(CODES.invalidParams);
  });

  test('confuses no answers of clients that use the same ids', async () => {
    await serving();
    const sessions = await Promise.all(Array.from({ length: 20 }, () => startSession(served.url)));
    const calls = sessions.flatMap((session, client) =>
      Array.from({ length: 20 }, async (_none, id) => {
        const args = { region: `${client}/${id}` };
        const { json } = await session.post(call('test_custom_headers', args, id));
        expect(json).toMatchObject({ id, result: { content: [{ text: JSON.stringify(args) }] } });
      }),
    );
    await Promise.all(calls);
  });

  test('holds nothing of clients that have come, called and left', async () => {
    await serving({ keepStreamMs: 0, pulseMs: 5 });
    const visit = async () => {
      const session = await startSession(served.url);
      const listening = await session.get();
      const stream = await session.stream(call('test_tool_with_progress', {}, 1, { progressToken: 1 }));
      await stream.nextMessage();
      stream.leave();
      listening.leave();
      await send(served.url, { method: 'DELETE', headers: session.headers });
    };
    for (let round = 0; round < 10; round++) await Promise.all(Array.from({ length: 10 }, visit));
    await eventually(() => served.endpoint.load.running === 0);
    expect(served.endpoint.load).toEqual({ running: 0, listening: 0, streams: 0 });
    expect(served.backend.listening).toEqual([]);
    expect(served.shared.sessions.records.size).toBe(0);
  });
});

/** Sends a request and reads nothing of the answer. */
function deafClient(url: string, { headers, body }: ReturnType<typeof modern>): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.pause();
  const content = JSON.stringify(body);
  const head = { ...headers, host: hostname, accept: '*/*', 'content-type': 'application/json' };
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}`);
  socket.write(`POST /mcp HTTP/1.1\r\n${lines.join('\r\n')}\r\ncontent-length: ${content.length}\r\n\r\n${content}`);
  socket.on('error', () => {});
  return socket;
}
