import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { listenHere, stopListening } from './listening.js';

export interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

export interface WebhookReceiver {
  url: string;
  received: Received[];
  /** How it answers from now on; 204 unless told. */
  answer: (how: (response: ServerResponse, nth: number) => void) => void;
  close: () => Promise<void>;
}

/** An endpoint that writes down what it is told. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const received: Received[] = [];
  let how = (response: ServerResponse): void => void response.writeHead(204).end();
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(parts).toString('utf8') });
      (how as (response: ServerResponse, nth: number) => void)(response, received.length);
    });
  });
  const origin = await listenHere(server);
  return {
    url: `${origin}/hook`,
    received,
    answer: (given) => {
      how = given as typeof how;
    },
    close: () => stopListening(server),
  };
}
