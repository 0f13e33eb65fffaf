import { endOfString } from './depth.js';

const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);
const QUOTE = 0x22;
const COLON = 0x3a;

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
  while (json[at] === 0x20 || json[at] === 0x09 || json[at] === 0x0a || json[at] === 0x0d) at++;
  return json[at] === COLON;
}
