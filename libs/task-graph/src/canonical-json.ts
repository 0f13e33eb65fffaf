import { escapeToken } from './json-pointer.js';
import { MAX_DEPTH, type Problem, type Refused, refused, tooDeep } from './problems.js';

export type CanonicalJson = { readonly ok: true; readonly json: string } | Refused;

/**
 * One text for one JSON value, whatever the order of its keys: JSON Canonicalization Scheme (RFC 8785). What an
 * approval is bound to is hashed in this form. Refused: what JSON cannot say (undefined, NaN, a Date, …), half of
 * a surrogate pair, and nesting beyond 128 levels. 0 and -0 are the same.
 */
export function canonicalJson(value: unknown): CanonicalJson {
  const problems: Problem[] = [];
  const json = write(value, '', 0, problems);
  return problems.length === 0 ? { ok: true, json } : refused(problems);
}

function write(value: unknown, at: string, depth: number, problems: Problem[]): string {
  const refuse = (what: string) => {
    problems.push({ code: 'NOT_JSON', at, message: `JSON has no ${what}.` });
    return '';
  };
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return isWellFormed(value) ? JSON.stringify(value) : refuse('half surrogate pairs');
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : refuse(String(value));
  if (typeof value !== 'object') return refuse(typeof value);
  if (depth > MAX_DEPTH) {
    problems.push(tooDeep(at));
    return '';
  }
  if (Array.isArray(value)) {
    const items = Array.from(value, (item, index) => write(item, `${at}/${index}`, depth + 1, problems));
    return `[${items.join(',')}]`;
  }
  // Not by prototype: plain objects come from other realms too (workers, test sandboxes).
  if (Object.prototype.toString.call(value) !== '[object Object]') return refuse('objects of a class');
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1)) // by UTF-16 code units, as RFC 8785 (3.2.3) wants it
    .map(([key, member]) => {
      if (!isWellFormed(key)) refuse('half surrogate pairs');
      return `${JSON.stringify(key)}:${write(member, `${at}/${escapeToken(key)}`, depth + 1, problems)}`;
    });
  return `{${members.join(',')}}`;
}

const LONE_SURROGATE = /\p{Surrogate}/u;

function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}
