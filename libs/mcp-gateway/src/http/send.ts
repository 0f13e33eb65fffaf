import type { ServerResponse } from 'node:http';
import { lengthOf, type Pieces } from '../json/pieces.js';

/** Up to it a copy is cheaper than one more thing to write. */
const WORTH_COPYING_BYTES = 16 * 1024;

const CARRIED = Symbol('headers of the host');
const NONE: readonly string[] = [];

interface Carrying {
  [CARRIED]?: readonly string[];
}

/** What the host says on each answer of its own: names and values by turns, written together with ours. */
export function carry(response: ServerResponse, headers: readonly string[]): void {
  (response as Carrying)[CARRIED] = headers;
}

/** Without those that somebody says otherwise. */
export function carriedBeside(response: ServerResponse, own: readonly string[]): string[] {
  const carried = carriedBy(response);
  return carried.filter((_, at) => !own.includes(carried[at - (at % 2)] ?? ''));
}

const carriedBy = (response: ServerResponse): readonly string[] => (response as Carrying)[CARRIED] ?? NONE;

/** One JSON document, whole. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: Pieces,
  headers: readonly string[] = [],
): void {
  if (response.destroyed) return;
  let length = 0;
  let letters = 0;
  for (const piece of body) {
    length += lengthOf(piece);
    letters += piece.length;
  }
  const own = ['content-type', 'application/json', 'content-length', String(length)];
  response.writeHead(status, [...own, ...headers, ...carriedBy(response)]);
  // A text of bytes is sent in one piece with the head.
  if (length <= WORTH_COPYING_BYTES) response.end(bytesText(body, length === letters), 'latin1');
  else writeAll(response, body);
}

export function sendEmpty(response: ServerResponse, status: number, headers: readonly string[] = []): void {
  if (response.destroyed) return;
  response.writeHead(status, ['content-length', '0', ...headers, ...carriedBy(response)]);
  response.end();
}

function writeAll(response: ServerResponse, pieces: Pieces): void {
  for (const piece of pieces) response.write(piece);
  response.end();
}

/** A letter for each byte of its UTF-8. @param isAscii all that is text among it */
function bytesText(body: Pieces, isAscii: boolean): string {
  let text = '';
  for (const piece of body) {
    if (typeof piece === 'string') text += isAscii ? piece : Buffer.from(piece).toString('latin1');
    else text += piece.toString('latin1');
  }
  return text;
}
