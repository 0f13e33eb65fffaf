import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

type Json = Record<string, unknown>;

export interface ListingUpstream {
  url: string;
  /** What arrived, in order. */
  calls: { tool: string; arguments: unknown }[];
  close: () => Promise<void>;
}

async function read(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Json;
}

/** An MCP server (2025-11-25, no sessions) in plain JSON-RPC, so that no library judges what it lists or is sent. */
export async function startListingUpstream(tools: readonly Json[]): Promise<ListingUpstream> {
  const calls: ListingUpstream['calls'] = [];
  const answer = (method: unknown, params: Json): Json => {
    switch (method) {
      case 'initialize':
        return {
          protocolVersion: '2025-11-25',
          capabilities: { tools: {} },
          serverInfo: { name: 'listing', version: '1.0.0' },
        };
      case 'tools/list':
        return { tools };
      case 'tools/call':
        calls.push({ tool: String(params.name), arguments: params.arguments });
        return { content: [{ type: 'text', text: 'ok' }] };
      default:
        return {};
    }
  };
  const http = createServer((request, response) => {
    if (request.method !== 'POST') return void response.writeHead(405).end();
    void read(request).then(({ id, method, params }) => {
      if (id === undefined) return void response.writeHead(202).end();
      const known = ['initialize', 'tools/list', 'tools/call', 'ping'].includes(String(method));
      const outcome = known
        ? { result: answer(method, (params ?? {}) as Json) }
        : { error: { code: -32_601, message: 'Method not found' } };
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ jsonrpc: '2.0', id, ...outcome }));
    });
  });
  http.keepAliveTimeout = 60_000;
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    calls,
    close: async () => {
      const closed = once(http, 'close');
      http.close();
      http.closeAllConnections();
      await closed;
    },
  };
}
