import type { IncomingMessage } from 'node:http';
import { CODES, ProtocolError } from '../protocol-error.js';

/** @throws ProtocolError when there is more than that, or the client leaves. The server's own timeouts end a slow one. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return Promise.reject(tooLarge(maxBytes));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const brokeOff = (): void => {
      if (!request.readableEnded)
        reject(new ProtocolError(CODES.invalidRequest, 'The request broke off.', { status: 400 }));
    };
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) chunks.push(chunk);
      else reject(tooLarge(maxBytes));
    });
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    // Follows an error, too.
    request.on('close', brokeOff);
  });
}

const tooLarge = (maxBytes: number): ProtocolError =>
  new ProtocolError(CODES.invalidRequest, `The body is larger than ${maxBytes} bytes.`, {
    status: 413,
    headers: ['connection', 'close'],
  });
