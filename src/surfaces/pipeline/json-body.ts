import { isAscii } from 'node:buffer';
import { AppError } from '../../platform/errors/app-error.js';

/** The escape of U+0000 with an even number of backslashes before it. Postgres keeps no such text. */
const ESCAPED_NUL = /(?<!\\)(?:\\\\)*\\u0000/;
/** What walks a value calls itself for each level. No tool asks for so many. */
const MAX_DEPTH = 256;
/** A surrogate without the other one; with `u` both of a pair are one character. */
const HALF = /\p{Cs}/u;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * A JSON body as a value; an empty one as undefined.
 * @throws 400 for what is not UTF-8, not JSON, nested too deeply, holds what is no character, or would change a prototype
 */
export function parseJsonBody(bytes: Buffer): unknown {
  if (bytes.byteLength === 0) return undefined;
  const text = decode(bytes);
  if (text.includes('\\u0000') && ESCAPED_NUL.test(text)) throw bodyIsNotJson('The body holds the character U+0000.');
  if (isTooDeep(text)) throw bodyIsNotJson(`The body is nested too deeply: ${MAX_DEPTH} levels at most.`);
  let hasForbiddenKey = false;
  let hasHalf = false;
  const value = parse(text, (key, member) => {
    if (key === '__proto__') hasForbiddenKey = true;
    if (HALF.test(key) || (typeof member === 'string' && HALF.test(member))) hasHalf = true;
  });
  if (hasForbiddenKey) throw bodyIsNotJson('The body has a member that is named __proto__.');
  if (hasHalf) throw bodyIsNotJson('The body holds half of a character: a surrogate without the other one.');
  return value;
}

/** Of text that may be no JSON, too: then it says what it says, and the parser refuses it. */
function isTooDeep(text: string): boolean {
  if (text.length <= 2 * MAX_DEPTH) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    else if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

function endOfString(text: string, begin: number): number {
  for (let end = text.indexOf('"', begin + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}

function decode(bytes: Buffer): string {
  // Of most: without the decoder's objects.
  if (isAscii(bytes)) return bytes.toString('latin1');
  try {
    return utf8.decode(bytes);
  } catch {
    throw bodyIsNotJson('The body is not UTF-8.');
  }
}

function parse(text: string, onMember: (key: string, value: unknown) => void): unknown {
  try {
    if (!text.includes('__proto__') && !text.includes('\\u')) return JSON.parse(text) as unknown;
    return JSON.parse(text, (key, value: unknown) => {
      onMember(key, value);
      return value;
    }) as unknown;
  } catch {
    throw bodyIsNotJson('The body is not valid JSON.');
  }
}

const bodyIsNotJson = (message: string) => new AppError('invalid', 'BODY_NOT_JSON', message);
