import type { ServerResponse } from 'node:http';
import { lengthOf, type Piece, type Pieces } from '../json/pieces.js';

/** Up to it a copy is cheaper than one more thing to write. */
const WORTH_COPYING_BYTES = 16 * 1024;

/** One JSON document, whole. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: Pieces,
  headers: readonly string[] = [],
): void {
  if (response.destroyed) return;
  let length = 0;
  for (const piece of body) length += lengthOf(piece);
  response.writeHead(status, ['content-type', 'application/json', 'content-length', String(length), ...headers]);
  // A text of bytes is sent in one piece with the head.
  if (length <= WORTH_COPYING_BYTES) response.end(body.map(bytesText).join(''), 'latin1');
  else writeAll(response, body);
}

export function sendEmpty(response: ServerResponse, status: number, headers: readonly string[] = []): void {
  if (response.destroyed) return;
  response.writeHead(status, ['content-length', '0', ...headers]);
  response.end();
}

function writeAll(response: ServerResponse, pieces: Pieces): void {
  for (const piece of pieces) response.write(piece);
  response.end();
}

/** A letter for each byte of its UTF-8. */
function bytesText(piece: Piece): string {
  if (typeof piece !== 'string') return piece.toString('latin1');
  const isAscii = Buffer.byteLength(piece) === piece.length;
  return isAscii ? piece : Buffer.from(piece).toString('latin1');
}
