import { endOfString } from './depth.js';

const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);
const QUOTE = 0x22;
const COLON = 0x3a;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;

/** Whether the text of an object has a member of that name, told without parsing it. The name is of plain letters. */
export function hasMember(text: string | Buffer, name: string): boolean {
  const quoted = `"${name}"`;
  if (!text.includes(quoted)) return false;
  return isMember(typeof text === 'string' ? Buffer.from(text) : text, Buffer.from(quoted));
}

/** The name is somewhere in the text: as a member of the object itself, or deeper, or as a value? */
function isMember(json: Buffer, quoted: Buffer): boolean {
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at] ?? 0;
    if (byte === QUOTE) {
      const end = endOfString(json, at);
      const isIt =
        depth === 1 && end + 1 - at === quoted.length && json.compare(quoted, 0, quoted.length, at, end + 1) === 0;
      if (isIt && isFollowedByColon(json, end + 1)) return true;
      at = end;
    } else if (OPENING.has(byte)) depth++;
    else if (CLOSING.has(byte)) depth--;
  }
  return false;
}

function isFollowedByColon(json: Buffer, from: number): boolean {
  let at = from;
  while (isSpace(json[at])) at++;
  return json[at] === COLON;
}

/** A member of an object, as it is written there. */
export interface Member {
  /** Between its quotes, escapes as they are. */
  name: string;
  /** Of its value. */
  json: string;
}

/** The members of an object, told without parsing it. The text is JSON. */
export function* membersIn(text: string): Generator<Member> {
  for (let at = text.indexOf('{') + 1; ;) {
    const begin = text.indexOf('"', at);
    if (begin < 0) return;
    const end = endOfText(text, begin);
    const from = skipSpace(text, text.indexOf(':', end) + 1);
    at = endOfValue(text, from);
    yield { name: text.slice(begin + 1, end - 1), json: text.slice(from, at) };
  }
}

function endOfValue(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfText(text, at) - 1;
      if (depth === 0) return at + 1;
    } else if (OPENING.has(code)) depth++;
    else if (CLOSING.has(code) && --depth <= 0) return depth < 0 ? at : at + 1;
    else if (depth === 0 && (code === COMMA || isSpace(code))) return at;
  }
  return text.length;
}

/** Behind the quote that closes the string that opens at `start`. */
function endOfText(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let at = end;
    while (text.charCodeAt(at - 1) === BACKSLASH) at--;
    if ((end - at) % 2 === 0) return end + 1;
  }
  return text.length;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (isSpace(text.charCodeAt(at))) at++;
  return at;
}

const isSpace = (code: number | undefined): boolean => code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
