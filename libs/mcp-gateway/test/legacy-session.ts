import { open, type Sent, send } from './http.js';

export interface RawSession {
  id: string;
  headers: Record<string, string>;
  post(body: unknown, headers?: Record<string, string>): ReturnType<typeof send>;
  stream(body: unknown): ReturnType<typeof open>;
  get(lastEventId?: string): ReturnType<typeof open>;
}

/** A session by hand. It may be continued at another address. */
export async function startSession(
  url: string,
  { version = '2025-11-25', capabilities = {} }: { version?: string; capabilities?: object } = {},
): Promise<RawSession> {
  const params = { protocolVersion: version, capabilities, clientInfo: { name: 'raw', version: '1.0.0' } };
  const { headers } = await send(url, { body: { jsonrpc: '2.0', id: 0, method: 'initialize', params } });
  return sessionAt(url, String(headers['mcp-session-id']), version);
}

export function sessionAt(url: string, id: string, version = '2025-11-25'): RawSession {
  const headers = { 'mcp-session-id': id, 'mcp-protocol-version': version };
  const post = (body: unknown, more = {}): Sent => ({ headers: { ...headers, ...more }, body });
  return {
    id,
    headers,
    post: (body, more) => send(url, post(body, more)),
    stream: (body) => open(url, post(body)),
    get: (lastEventId) =>
      open(url, {
        method: 'GET',
        headers: { ...headers, accept: 'text/event-stream', ...(lastEventId && { 'last-event-id': lastEventId }) },
      }),
  };
}

export const call = (name: string, args: object = {}, id: unknown = 1, meta?: object) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: args, ...(meta && { _meta: meta }) },
});
