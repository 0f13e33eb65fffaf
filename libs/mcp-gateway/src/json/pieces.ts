import { hasMember } from './members.js';
import type { MessageId } from './message.js';

/** Text that is not joined before it is sent: that of an upstream stays the bytes it was. */
export type Piece = string | Buffer;
export type Pieces = readonly Piece[];

const EMPTY_OBJECT = /^\s*\{\s*\}\s*$/;

export const lengthOf = (piece: Piece): number => (typeof piece === 'string' ? Buffer.byteLength(piece) : piece.length);

/** As one piece, however long. */
export function whole(pieces: Pieces): Piece {
  if (pieces.every((piece) => typeof piece === 'string')) return pieces.join('');
  return Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)));
}

/** The answer to `id` whose result is that text. */
export const resultOf = (id: MessageId, result: Pieces): Pieces => [
  `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":`,
  ...result,
  '}',
];

/** The text of an object, with more members before its own. Those that it has itself stay as they are. */
export function withMembers(text: Piece, members: Readonly<Record<string, unknown>>): Pieces {
  const more = Object.entries(members).filter(([name, value]) => value !== undefined && !hasMember(text, name));
  if (more.length === 0) return [text];
  return withHead(text, more.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(','));
}

/** As `withMembers`, of one: the name is of plain letters. */
export const withMember = (text: Piece, name: string, value: string): Pieces =>
  hasMember(text, name) ? [text] : withHead(text, `"${name}":${JSON.stringify(value)}`);

function withHead(text: Piece, head: string): Pieces {
  const brace = text.indexOf('{');
  const isEmpty = text.length < 64 && EMPTY_OBJECT.test(text.toString());
  return [`{${head}${isEmpty ? '' : ','}`, typeof text === 'string' ? text.slice(brace + 1) : text.subarray(brace + 1)];
}

/** As one line: breaks are white space between tokens there, since strings have them escaped. */
export function oneLine(piece: Piece): Piece {
  if (typeof piece === 'string') return /[\r\n]/.test(piece) ? piece.replace(/[\r\n]/g, ' ') : piece;
  if (!piece.includes(0x0a) && !piece.includes(0x0d)) return piece;
  return Buffer.from(piece.map((byte) => (byte === 0x0a || byte === 0x0d ? 0x20 : byte)));
}
