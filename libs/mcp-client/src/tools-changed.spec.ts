import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { createServer, type ServerResponse } from 'node:http';
import { scripted, scriptedModern, type Script } from '../test-support/scripted-server.js';
import { listen, startLegacyServer, stop } from '../test-support/servers.js';
import { targetAt, testBench } from '../test-support/targets.js';

const bench = testBench();
afterAll(() => bench.close());

const CHANGED = { jsonrpc: '2.0', method: 'notifications/tools/list_changed' };

/** A pool, and the first key that it tells of. */
function poolThatHears() {
  let hear: (key: string) => void = () => undefined;
  const heard = new Promise<string>((resolve) => {
    hear = resolve;
  });
  return { pool: bench.pool({ onChanged: hear }), heard };
}

/** A server does not know when somebody listens, so it says it again. */
async function sayUntil(heard: Promise<string>, say: () => void): Promise<string> {
  const again = setInterval(say, 20);
  try {
    say();
    return await heard;
  } finally {
    clearInterval(again);
  }
}

describe('a server that says that its tools changed is heard', () => {
  it('on the stream that a session of the 2025 era has beside its calls', async () => {
    const server = await startLegacyServer();
    const { pool, heard } = poolThatHears();
    await pool.withSession(targetAt(server.url, { key: 'streamable' }), {}, (session) => session.ping());
    expect(await sayUntil(heard, () => server.announce())).toBe('streamable');
    await pool.close();
    await server.close();
  });

  it('over HTTP+SSE', async () => {
    const transports: SSEServerTransport[] = [];
    const mcp = new McpServer({ name: 'sse', version: '1' });
    mcp.registerTool('one', {}, () => ({ content: [] }));
    const http = createServer((request, response) => {
      if (request.method === 'POST') return void transports[0]?.handlePostMessage(request, response);
      const transport = new SSEServerTransport('/', response);
      transports.push(transport);
      return void mcp.connect(transport);
    });
    const url = await listen(http);
    const { pool, heard } = poolThatHears();
    await pool.withSession(targetAt(url, { key: 'sse', transport: 'sse' }), {}, (session) => session.listTools());
    expect(await sayUntil(heard, () => mcp.sendToolListChanged())).toBe('sse');
    await pool.close();
    await stop(http);
  });

  it.each([
    ['2025', scripted],
    ['2026', scriptedModern],
  ])('on the stream of a call, in the %s era', async (_era, start) => {
    const script: Script = ({ id }, { response }) => {
      const result = { resultType: 'complete', content: [] };
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const message of [CHANGED, { jsonrpc: '2.0', id, result }]) {
        response.write(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
      }
      response.end();
      return undefined;
    };
    const server = await start(script);
    const { pool, heard } = poolThatHears();
    await pool.withSession(targetAt(server.url, { key: 'call' }), {}, (session) => session.callTool({ name: 'a' }));
    expect(await heard).toBe('call');
    await pool.close();
    await server.close();
  });

  it('on the stream that a client of the 2026 era asks for, again where it breaks, until the pool closes', async () => {
    const streams: ServerResponse[] = [];
    let hearEnd: () => void = () => undefined;
    const closed = new Promise<void>((resolve) => {
      hearEnd = resolve;
    });
    const script: Script = ({ id, method, params }, { response }) => {
      if (method !== 'subscriptions/listen') return { result: { resultType: 'complete', content: [] } };
      expect(params.notifications).toEqual({ toolsListChanged: true });
      streams.push(response);
      const _meta = { 'io.modelcontextprotocol/subscriptionId': id };
      const say = (message: object) => response.write(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const acknowledged = { _meta, notifications: { toolsListChanged: true } };
      say({ jsonrpc: '2.0', method: 'notifications/subscriptions/acknowledged', params: acknowledged });
      if (streams.length === 1) return void response.end();
      say({ ...CHANGED, params: { _meta } });
      response.once('close', () => hearEnd());
      return undefined;
    };
    const server = await scriptedModern(script, { tools: { listChanged: true } });
    const { pool, heard } = poolThatHears();
    await pool.withSession(targetAt(server.url, { key: 'asked' }), {}, (session) => session.callTool({ name: 'a' }));
    expect([await heard, streams.length]).toEqual(['asked', 2]);
    await pool.close();
    await closed;
    await server.close();
  });

  it('and a server that does not offer it is not asked for it', async () => {
    const methods: string[] = [];
    const server = await scriptedModern(({ method }) => {
      methods.push(method);
      return { result: { resultType: 'complete', content: [] } };
    });
    const { pool } = poolThatHears();
    await pool.withSession(targetAt(server.url), {}, (session) => session.callTool({ name: 'a' }));
    await pool.close();
    expect(methods).toEqual(['tools/call']);
    await server.close();
  });
});
