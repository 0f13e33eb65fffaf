import { oneLine, type Piece, type Pieces } from '../json/pieces.js';

/** Keeps proxies and clients from taking silence for an end. */
export const COMMENT = ':\n\n';

/** One message, on one line whatever white space it came with. */
export function frameOf(message: Pieces, id?: string): Pieces {
  const head = id === undefined ? 'data: ' : `id: ${id}\ndata: `;
  const frame: Piece[] = [head];
  for (const piece of message) frame.push(oneLine(piece));
  frame.push('\n\n');
  return frame;
}

/** An event that says nothing but where the stream is, and how long to wait before coming back. */
export const primeOf = (id: string, retryMs: number): string => `id: ${id}\nretry: ${retryMs}\ndata: \n\n`;

export const retryOf = (retryMs: number): string => `retry: ${retryMs}\n\n`;
