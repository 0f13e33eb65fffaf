import type { ServerResponse } from 'node:http';
import { http, type Fault } from '../../test-support/faults.js';
import type { RpcRequest } from '../../test-support/scripted-server.js';
import { targetAt, testBench } from '../../test-support/targets.js';

const bench = testBench();
const servers: Fault[] = [];

afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));
afterAll(() => bench.close());

const done = { content: [{ type: 'text', text: 'done' }] };
const callAt = ({ url }: Fault, timeoutMs = 10_000) =>
  bench.pool().withSession(targetAt(url), {}, (session) => session.callTool({ name: 't' }, { timeoutMs }));

describe('a stream that a legacy server ends before the answer', () => {
  /** With sessions; the first event of a call has an id, and the rest is to be fetched. */
  const serve = (onGet: (response: ServerResponse, id: unknown) => void) => {
    let called: RpcRequest | undefined;
    return http((incoming, response) => {
      let body = '';
      incoming.on('data', (chunk: Buffer) => (body += chunk.toString()));
      incoming.on('end', () => {
        if (incoming.method !== 'POST') {
          const from = incoming.headers['last-event-id'];
          return from === 'e1' ? onGet(response, called?.id) : void response.writeHead(405).end();
        }
        const request = JSON.parse(body) as RpcRequest;
        if (request.id === undefined) return void response.writeHead(202).end();
        if (request.method !== 'tools/call') {
          const serverInfo = { name: 'resumable', version: '1' };
          const isHello = request.method === 'initialize';
          const known = { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo };
          const error = { code: -32601, message: 'Method not found' };
          response.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': 's' });
          const outcome = isHello ? { result: known } : { error };
          return void response.end(JSON.stringify({ jsonrpc: '2.0', id: request.id, ...outcome }));
        }
        called = request;
        response.writeHead(200, { 'content-type': 'text/event-stream' }).end('retry: 5\nid: e1\ndata: \n\n');
      });
    });
  };

  it('is taken up again where it ended', async () => {
    const server = await serve((response, id) => {
      const answer = JSON.stringify({ jsonrpc: '2.0', id, result: done });
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(`data: ${answer}\n\n`);
    });
    servers.push(server);
    expect(await callAt(server)).toEqual(done);
  });

  it('is not asked for without a pause, however often and soon the server wants that', async () => {
    let asked = 0;
    const server = await serve((response) => {
      asked += 1;
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end('retry: 0\nid: e1\ndata: \n\n');
    });
    servers.push(server);
    await expect(callAt(server, 1_000)).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT', requestSent: true });
    expect(asked).toBeLessThanOrEqual(10);
  });

  it('is lost where the server does not give the rest, and the call may have run', async () => {
    const server = await serve((response) => void response.writeHead(404).end());
    servers.push(server);
    await expect(callAt(server)).rejects.toMatchObject({ code: 'UPSTREAM_UNREACHABLE', requestSent: true });
  });
});
