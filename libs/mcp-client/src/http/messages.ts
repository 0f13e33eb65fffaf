import { encodeHeader } from '../param-headers.js';
import { isObject, type RawResult } from '../raw-result.js';
import type { ClientInfo, Protocol, UpstreamTarget } from '../target.js';
import { NotMcp } from './exchange.js';

export type Incoming =
  | { kind: 'answer'; id: unknown; result: RawResult }
  | { kind: 'error'; id: unknown; error: { code: number; message: string; data?: unknown } }
  | { kind: 'request'; id: string | number; method: string; params: RawResult }
  | { kind: 'notification'; method: string; params: RawResult };

/** Headers of ours, and those that a message or the connection decides. */
const OWN_HEADERS = new Set([
  'accept',
  'accept-encoding',
  'connection',
  'content-length',
  'content-type',
  'host',
  'last-event-id',
  'mcp-method',
  'mcp-name',
  'mcp-protocol-version',
  'mcp-session-id',
  'transfer-encoding',
]);

/** The parameter that `Mcp-Name` repeats (protocol 2026-07-28, Standard Request Headers). */
const NAMED_BY: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  // Of the extension of that name.
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
};

/** @throws NotMcp */
export function readMessage(text: string): Incoming {
  const message = parse(text);
  if (!isObject(message) || message.jsonrpc !== '2.0') throw new NotMcp('This is no JSON-RPC message.');
  const { id, method, params, result, error } = message;
  if (typeof method === 'string') {
    const given = isObject(params) ? params : {};
    if (id === undefined) return { kind: 'notification', method, params: given };
    if (typeof id === 'string' || typeof id === 'number') return { kind: 'request', id, method, params: given };
  } else if (isObject(result) && error === undefined) {
    return { kind: 'answer', id, result };
  } else if (isObject(error) && result === undefined) {
    const { code, message: words, data } = error;
    if (typeof code === 'number' && typeof words === 'string') {
      return { kind: 'error', id, error: { code, message: words, ...(data === undefined ? {} : { data }) } };
    }
  }
  throw new NotMcp('This is no JSON-RPC message.');
}

/** The headers of each request of a connection, names and values by turns. What signs in goes before what does not. */
export function connectionHeaders(target: UpstreamTarget, client: ClientInfo, protocol: Protocol, sessionId?: string) {
  const all = new Map<string, string>([
    ['user-agent', `${client.name}/${client.version}`],
    ['accept-encoding', 'gzip, deflate, br'],
  ]);
  for (const [name, value] of Object.entries({ ...lower(target.plainHeaders ?? {}), ...lower(target.headers) })) {
    if (!OWN_HEADERS.has(name)) all.set(name, value);
  }
  all.set('mcp-protocol-version', protocol.version);
  if (sessionId !== undefined) all.set('mcp-session-id', sessionId);
  return [...all].flat();
}

/** What a request of the modern era repeats in its headers. */
export function requestHeaders(method: string, params: RawResult): string[] {
  const field = NAMED_BY[method];
  const name = field === undefined ? undefined : params[field];
  const headers = ['mcp-method', method];
  if (typeof name === 'string') headers.push('mcp-name', encodeHeader(name));
  return headers;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new NotMcp('This is no JSON.', { cause });
  }
}

const lower = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
