import type { ServerResponse } from 'node:http';
import { joined, lengthOf, type Pieces } from '../json/pieces.js';

/** One JSON document, whole. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: Pieces,
  headers: readonly string[] = [],
): void {
  const pieces = joined(body);
  let length = 0;
  for (const piece of pieces) length += lengthOf(piece);
  response.writeHead(status, ['content-type', 'application/json', 'content-length', String(length), ...headers]);
  const last = pieces.length - 1;
  for (let at = 0; at < last; at++) response.write(pieces[at]);
  response.end(pieces[last]);
}

export function sendEmpty(response: ServerResponse, status: number, headers: readonly string[] = []): void {
  response.writeHead(status, ['content-length', '0', ...headers]);
  response.end();
}
