const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const NEAR = 64;

/** Whether arrays and objects nest deeper than that. Told before parsing, of any bytes. */
export function isTooDeep(json: Buffer, most: number): boolean {
  // Each level takes two bytes at least.
  if (json.length <= most * 2) return false;
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (byte === QUOTE) at = endOfString(json, at);
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--;
    else if ((byte === OPEN_BRACE || byte === OPEN_BRACKET) && ++depth > most) return true;
  }
  return false;
}

/** Where the string that opens at `start` closes; the end of the bytes where it does not. */
export function endOfString(json: Buffer, start: number): number {
  // Most are short: asking for the next quote costs as much as looking at some dozens of bytes.
  const near = Math.min(json.length, start + NEAR);
  let at = start + 1;
  while (at < near && json[at] !== QUOTE) at++;
  let end = at < near ? at : json.indexOf(QUOTE, at);
  while (end >= 0 && isEscaped(json, end)) end = json.indexOf(QUOTE, end + 1);
  return end < 0 ? json.length : end;
}

function isEscaped(json: Buffer, quote: number): boolean {
  let at = quote;
  while (json[at - 1] === BACKSLASH) at--;
  return (quote - at) % 2 === 1;
}
