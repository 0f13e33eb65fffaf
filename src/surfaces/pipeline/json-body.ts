import { AppError } from '../../platform/errors/app-error.js';

/** The escape of U+0000 with an even number of backslashes before it. Postgres keeps no such text. */
const ESCAPED_NUL = /(?<!\\)(?:\\\\)*\\u0000/;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * A JSON body as a value; an empty one as undefined.
 * @throws 400 for what is not UTF-8, not JSON, holds U+0000, or would change a prototype
 */
export function parseJsonBody(bytes: Uint8Array): unknown {
  if (bytes.byteLength === 0) return undefined;
  const text = decode(bytes);
  if (ESCAPED_NUL.test(text)) throw bodyIsNotJson('The body holds the character U+0000.');
  let hasForbiddenKey = false;
  const value = parse(text, (key) => {
    if (key === '__proto__') hasForbiddenKey = true;
  });
  if (hasForbiddenKey) throw bodyIsNotJson('The body has a member that is named __proto__.');
  return value;
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw bodyIsNotJson('The body is not UTF-8.');
  }
}

function parse(text: string, onKey: (key: string) => void): unknown {
  try {
    if (!text.includes('__proto__') && !text.includes('\\u')) return JSON.parse(text) as unknown;
    return JSON.parse(text, (key, value: unknown) => {
      onKey(key);
      return value;
    }) as unknown;
  } catch {
    throw bodyIsNotJson('The body is not valid JSON.');
  }
}

const bodyIsNotJson = (message: string) => new AppError('invalid', 'BODY_NOT_JSON', message);
