import { createServer, type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http';
import { listenHere, stopListening } from '../listening.js';

export interface RoundRobin {
  url: string;
  /** How many requests each was given. */
  given: () => number[];
  close: () => Promise<void>;
}

interface Turn {
  index: number;
  triesLeft: number;
}

/** What stands before several processes and knows nothing: each request goes to the next, and past who does not listen. */
export async function startRoundRobin(targets: readonly string[]): Promise<RoundRobin> {
  const given = targets.map(() => 0);
  let turn = 0;

  function forward(request: IncomingMessage, response: ServerResponse, body: Buffer, { index, triesLeft }: Turn): void {
    const url = new URL(request.url ?? '/', targets[index]);
    // A connection for each: none is left from before to one that died.
    const onward = httpRequest(url, { method: request.method, headers: request.headers, agent: false }, (answer) => {
      given[index] = (given[index] ?? 0) + 1;
      response.writeHead(answer.statusCode ?? 502, answer.headers).flushHeaders();
      answer.pipe(response);
      answer.on('error', () => response.destroy());
    });
    onward.on('error', (error: NodeJS.ErrnoException) => {
      if (response.headersSent || response.destroyed) return void response.destroy();
      if (error.code === 'ECONNREFUSED' && triesLeft > 0) {
        return forward(request, response, body, { index: (index + 1) % targets.length, triesLeft: triesLeft - 1 });
      }
      response.writeHead(502).end(error.message);
    });
    response.on('close', () => onward.destroy());
    onward.end(body);
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      turn = (turn + 1) % targets.length;
      forward(request, response, Buffer.concat(chunks), { index: turn, triesLeft: targets.length - 1 });
    });
  });
  const url = await listenHere(server);
  return {
    url,
    given: () => [...given],
    close: () => stopListening(server),
  };
}
