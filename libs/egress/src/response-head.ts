/** Names in lower case. Lines of one name are joined with ", "; Set-Cookie, which cannot be joined, is left out. */
export type ResponseHeaders = Readonly<Record<string, string | undefined>>;

export interface ResponseHead {
  /** Of HTTP/1.x. */
  minor: 0 | 1;
  status: number;
  headers: ResponseHeaders;
}

/** What came is no HTTP/1.1, or more of it than is accepted. Codes are those of undici and its parser. */
export class BadResponse extends Error {
  override readonly name = 'BadResponse';

  constructor(
    readonly code: `HPE_${string}` | 'UND_ERR_HEADERS_OVERFLOW',
    message: string,
  ) {
    super(message);
  }
}

const TOKEN = 1;
const TEXT = 2;

/** What a character may be part of: a field name (RFC 9110, 5.6.2), a field value (5.5). */
const KINDS = new Uint8Array(256);
for (let code = 0; code < 256; code++) {
  const isToken = /[!#$%&'*+.^_`|~0-9A-Za-z-]/.test(String.fromCharCode(code));
  const isText = code === 0x09 || (code >= 0x20 && code !== 0x7f);
  KINDS[code] = (isToken ? TOKEN : 0) | (isText ? TEXT : 0);
}

/** Whether every character from `start` up to `end` is of the kind. */
function consistsOf(kind: number, text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    if (((KINDS[text.charCodeAt(at)] ?? 0) & kind) === 0) return false;
  }
  return true;
}

/** RFC 9110, 5.6.2. */
export const isToken = (text: string): boolean => text !== '' && consistsOf(TOKEN, text, 0, text.length);

/** RFC 9110, 5.5; characters above U+00FF are none. */
export const isFieldValue = (text: string): boolean => consistsOf(TEXT, text, 0, text.length);

/**
 * Reads the head of a response (RFC 9112, 4 and 5), strictly: no folded lines, no lone CR or LF, no space before a colon.
 * @param text its bytes as Latin-1, which may go on behind it
 * @param end where it ends, without the empty line
 * @throws BadResponse
 */
export function readHead(text: string, end: number): ResponseHead {
  const lineEnd = endOfLine(text, 0, end);
  const minor = readVersion(text);
  const status = readStatus(text, lineEnd);
  // A header may be called like something that every object has.
  const headers = Object.create(null) as Record<string, string | undefined>;
  for (let at = lineEnd + 2; at < end;) {
    const stop = endOfLine(text, at, end);
    readField(headers, text, at, stop);
    at = stop + 2;
  }
  return { minor, status, headers };
}

function endOfLine(text: string, from: number, end: number): number {
  const found = text.indexOf('\r\n', from);
  return found < 0 || found > end ? end : found;
}

function readVersion(text: string): 0 | 1 {
  const minor = text.charCodeAt(7) - 0x30;
  if (!text.startsWith('HTTP/1.') || (minor !== 0 && minor !== 1)) {
    throw new BadResponse('HPE_INVALID_CONSTANT', 'The answer does not begin as one of HTTP/1.1.');
  }
  return minor;
}

/** Servers that give no reason leave out the space before it, too. */
function readStatus(text: string, end: number): number {
  const [hundreds, tens, ones] = [digit(text, 9), digit(text, 10), digit(text, 11)];
  const status = hundreds * 100 + tens * 10 + ones;
  const reads = text[8] === ' ' && end >= 12 && status >= 100 && (end === 12 || text[12] === ' ');
  if (!reads || !consistsOf(TEXT, text, 12, end)) {
    throw new BadResponse('HPE_INVALID_STATUS', 'The first line of the answer is malformed.');
  }
  return status;
}

function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - 0x30;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}

function readField(headers: Record<string, string | undefined>, text: string, start: number, end: number): void {
  const colon = text.indexOf(':', start);
  if (colon <= start || colon >= end || !consistsOf(TOKEN, text, start, colon)) {
    throw new BadResponse('HPE_INVALID_HEADER_TOKEN', 'A header of the answer has no proper name.');
  }
  let from = colon + 1;
  let to = end;
  while (from < to && isBlank(text, from)) from++;
  while (to > from && isBlank(text, to - 1)) to--;
  if (!consistsOf(TEXT, text, from, to)) {
    throw new BadResponse('HPE_INVALID_HEADER_TOKEN', 'A header of the answer has characters that none may have.');
  }
  const name = text.slice(start, colon).toLowerCase();
  if (name === 'set-cookie') return;
  const value = text.slice(from, to);
  const before = headers[name];
  headers[name] = before === undefined ? value : `${before}, ${value}`;
}

function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 0x20 || code === 0x09;
}
