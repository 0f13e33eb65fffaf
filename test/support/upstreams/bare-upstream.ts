import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Request {
  id?: number | string;
  method: string;
}

/** What is answered to `tools/call`: a result, or an error of JSON-RPC. */
export type BareAnswer = { result: unknown } | { error: { code: number; message: string; data?: unknown } };

/** A server of the 2025 era without a library, which answers what no library would let through. */
export async function startBareUpstream(tool: object): Promise<{
  url: string;
  calls: () => number;
  answerWith: (answer: BareAnswer) => void;
  /** Is asked for this from now on, and says nothing. */
  hangAt: (method: string) => void;
  close: () => Promise<void>;
}> {
  let next: BareAnswer = { result: { content: [] } };
  let calls = 0;
  const hanging = new Set<string>();
  const answer = (method: string): BareAnswer => {
    if (method === 'initialize') {
      const serverInfo = { name: 'bare', version: '1.0.0' };
      return { result: { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo } };
    }
    if (method === 'ping') return { result: {} };
    if (method === 'tools/list') return { result: { tools: [tool] } };
    if (method !== 'tools/call') return { error: { code: -32601, message: 'No such method.' } };
    calls += 1;
    return next;
  };
  const http = createServer((request, response) => {
    void readJson(request).then((message) => {
      if (!message) return response.writeHead(405).end();
      if (message.id === undefined) return response.writeHead(202).end();
      if (hanging.has(message.method)) return undefined;
      const body = JSON.stringify({ jsonrpc: '2.0', id: message.id, ...answer(message.method) });
      return response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    calls: () => calls,
    answerWith: (given) => {
      next = given;
    },
    hangAt: (method) => void hanging.add(method),
    close: async () => {
      http.close();
      http.closeAllConnections();
      await Promise.resolve();
    },
  };
}

async function readJson(request: IncomingMessage): Promise<Request | undefined> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return request.method === 'POST' ? (JSON.parse(Buffer.concat(parts).toString()) as Request) : undefined;
}
