import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { listenHere, stopListening } from '../listening.js';

export interface Message {
  id?: number | string;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
}

export type Answer = { result: unknown } | { error: { code: number; message: string; data?: unknown } };

export interface ServerByHand {
  url: string;
  close: () => Promise<void>;
}

/** An MCP server of the 2025 era that no library judges: it is given each message, and says what it likes. */
export async function startServerByHand(
  take: (message: Message, response: ServerResponse, request: IncomingMessage) => void,
): Promise<ServerByHand> {
  const http = createServer((request, response) => {
    if (request.method !== 'POST') return void response.writeHead(request.method === 'DELETE' ? 200 : 405).end();
    json(request)
      .then((message) => take(message as Message, response, request))
      .catch(() => response.destroy());
  });
  http.keepAliveTimeout = 60_000;
  const origin = await listenHere(http);
  return { url: `${origin}/mcp`, close: () => stopListening(http) };
}

interface Plain {
  name: string;
  tools: readonly object[];
  revision?: string;
}

/** What all of them answer to what is no call. */
export function plainAnswer(method: string | undefined, { name, tools, revision = '2025-11-25' }: Plain): Answer {
  const serverInfo = { name, version: '1.0.0' };
  const results: Record<string, object> = {
    initialize: { protocolVersion: revision, capabilities: { tools: {} }, serverInfo },
    'tools/list': { tools },
    ping: {},
  };
  const result = results[method ?? ''];
  return result ? { result } : { error: { code: -32601, message: 'Method not found' } };
}

/** @param headers beside the usual ones */
export function tell({ id }: Message, answer: Answer, response: ServerResponse, headers = {}): void {
  response.writeHead(200, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ jsonrpc: '2.0', id, ...answer }));
}
