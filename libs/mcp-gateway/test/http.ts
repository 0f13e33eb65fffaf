import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import type { JsonObject } from '../src/index.js';

export interface Sent {
  method?: string;
  headers?: Record<string, string>;
  body?: unknown;
}

export interface Answered {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  json: JsonObject & { result?: JsonObject; error?: { code: number; message: string; data?: JsonObject } };
}

export interface StreamEvent {
  id: string | undefined;
  retry: number | undefined;
  data: string;
  message: JsonObject & { method?: string; id?: unknown; params?: JsonObject; result?: JsonObject };
}

const ACCEPT = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' };

/** What a client of the modern era says in each request. */
export const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1.0.0' },
  'io.modelcontextprotocol/clientCapabilities': { elicitation: {} },
};

/** A well-formed request of the modern era. */
export function modern(method: string, params: JsonObject = {}, id: unknown = 1): Required<Omit<Sent, 'method'>> {
  const name = params.name ?? params.uri;
  return {
    headers: {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(typeof name === 'string' && { 'mcp-name': name }),
    },
    body: { jsonrpc: '2.0', id, method, params: { ...params, _meta: { ...META, ...(params._meta as JsonObject) } } },
  };
}

export async function send(url: string, sent: Sent): Promise<Answered> {
  const response = await exchange(url, sent);
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
  const isJson = response.headers['content-type'] === 'application/json';
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text,
    json: isJson ? (JSON.parse(text) as Answered['json']) : {},
  };
}

/** An event stream that is read event by event. */
export async function open(url: string, sent: Sent) {
  const response = await exchange(url, sent);
  const events = eventsOf(response);
  return {
    status: response.statusCode,
    headers: response.headers,
    /** The next event; undefined at the end of the stream. */
    next: async (): Promise<StreamEvent | undefined> => {
      const read = await events.next();
      return read.done ? undefined : read.value;
    },
    /** The next event that says something. */
    nextMessage: async (): Promise<StreamEvent['message'] | undefined> => {
      for (;;) {
        const read = await events.next();
        if (read.done) return undefined;
        if (read.value.data !== '') return read.value.message;
      }
    },
    leave: () => response.destroy(),
  };
}

function exchange(url: string, { method = 'POST', headers = {}, body }: Sent): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const all = method === 'POST' ? { ...ACCEPT, ...headers } : headers;
    const sending = request(url, { method, headers: all }, resolve);
    sending.on('error', reject);
    sending.end(typeof body === 'string' || body === undefined ? body : JSON.stringify(body));
  });
}

async function* eventsOf(response: IncomingMessage): AsyncGenerator<StreamEvent, undefined> {
  let rest = '';
  try {
    for await (const chunk of response.setEncoding('utf8')) {
      const blocks = (rest + String(chunk)).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = readEvent(block);
        if (event) yield event;
      }
    }
  } catch {
    // The connection was cut: to the reader the stream has ended.
  }
  return undefined;
}

function readEvent(block: string): StreamEvent | undefined {
  const lines = block.split('\n').filter((line) => !line.startsWith(':'));
  if (lines.length === 0) return undefined;
  const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
  const data = lines.flatMap((line) => (line.startsWith('data: ') ? [line.slice(6)] : [])).join('\n');
  const retry = field('retry');
  return {
    id: field('id'),
    retry: retry === undefined ? undefined : Number(retry),
    data,
    message: data === '' ? {} : (JSON.parse(data) as StreamEvent['message']),
  };
}
