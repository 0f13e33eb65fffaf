import { type Reply } from './scripted-model-server.js';

const HEADERS = { 'content-type': 'text/event-stream' };

export const stream =
  (...chunks: string[]): Reply<unknown> =>
  (response) => {
    response.writeHead(200, HEADERS);
    for (const chunk of chunks) response.write(chunk);
    response.end();
  };

/** The connection breaks after these. */
export const cut =
  (...chunks: string[]): Reply<unknown> =>
  (response) => {
    response.writeHead(200, HEADERS);
    response.flushHeaders();
    // Destroying drops what is not yet on the wire, so the last write is waited for.
    response.write(chunks.join('') || ': \n\n', () => response.socket?.destroy());
  };

/** Says these, then nothing more; without any not even a header. */
export const hangAfter =
  (...chunks: string[]): Reply<unknown> =>
  (response) => {
    if (chunks.length === 0) return;
    response.writeHead(200, HEADERS);
    for (const chunk of chunks) response.write(chunk);
  };

export const refusal =
  (code: number, body: object, retryAfterSeconds?: number): Reply<unknown> =>
  (response) => {
    response.writeHead(code, {
      'content-type': 'application/json',
      ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
    });
    response.end(JSON.stringify(body));
  };
