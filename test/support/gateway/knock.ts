import { type IncomingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Message } from './said.js';

const PING = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping', params: {} });
const HANDSHAKE = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'a program', version: '1' } };
const USUAL = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' };

/** The first words of a client until 2025. */
export const HELLO = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: HANDSHAKE });

export interface Knock {
  /** As they are: `fetch` lets nobody choose the host, nor say a header twice. */
  headers: Record<string, string | string[]>;
  path?: string;
  method?: string;
  body?: string;
}

export interface Answered {
  status: number;
  headers: IncomingHttpHeaders;
  body: Message | undefined;
}

export function knockAt(origin: string, { headers, path = '/mcp', method = 'POST', body = PING }: Knock) {
  return new Promise<Answered>((resolve, reject) => {
    const sent = request(origin + path, { method, headers: { ...USUAL, ...headers } }, (answer) => {
      const tell = (said: string): void => {
        const isJson = answer.headers['content-type']?.includes('json') === true && said !== '';
        const heard = isJson ? (JSON.parse(said) as Message) : undefined;
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: heard });
      };
      text(answer).then(tell, reject);
    });
    sent.on('error', reject);
    sent.end(['POST', 'PUT'].includes(method) ? body : undefined);
  });
}
