import type { Schema } from './schema.js';
import { UNIT_SECONDS, type Clause, type Found } from './text-values.js';
import { stem, stemsOf, wordsOf } from './words.js';

const PLACE = new Set(['city', 'location', 'place', 'town', 'country', 'region', 'destination', 'origin', 'airport']);
const NAMED = new Set(['name', 'query', 'q', 'search', 'person', 'customer', 'user', 'company']);
const IDENTIFIER = new Set(['id', 'key', 'code', 'sku', 'ref', 'reference', 'uuid', 'slug', 'number', 'token']);
const LINKING = new Set(['is', 'of', 'to', 'be', 'at', 'as', 'for', 'equal']);
/** Words before a number that ask for the first few of a list. */
const FIRST_FEW = new Set(['top', 'first', 'limit', 'max', 'maximum', 'newest', 'latest']);
const LIMIT_NAMES = new Set(['limit', 'top', 'size', 'count', 'max']);

export const isPlace = (name: string): boolean => wordsOf(name).some((word) => PLACE.has(word));
/** Names of people and things: what a lookup on the way to the goal is asked for. */
export const isNamed = (name: string): boolean => wordsOf(name).some((word) => NAMED.has(word));
export const isIdentifier = (name: string): boolean => IDENTIFIER.has(wordsOf(name).at(-1) ?? '');

/** The allowed values that stand in the text as words. Codes of up to three letters must match in case (`IN`, not `in`). */
export function enumValues(text: string, allowed: readonly unknown[]): unknown[] {
  const lower = text.toLowerCase();
  return allowed.filter((value) => {
    if (typeof value !== 'string' || value.trim() === '') return false;
    const isCode = value.length <= 3 && value !== value.toLowerCase();
    if (isCode) return hasWord(text, value) || hasWord(lower, regionName(value));
    return hasWord(lower, value.toLowerCase()) || hasWord(lower, wordsOf(value).join(' '));
  });
}

/** True where the flag's words stand in the text, false where a “no” or “without” stands before them. */
export function flagValue(text: string, name: string): boolean | undefined {
  const spoken = stemsOf(text);
  const flag = stemsOf(name);
  if (flag.length === 0) return undefined;
  const at = spoken.findIndex((_, index) => flag.every((one, offset) => spoken[index + offset] === one));
  if (at < 0) return undefined;
  return !['no', 'not', 'without', 't', 'never'].includes(spoken[at - 1] ?? '');
}

/** The number that stands beside the property's name: `limit 5`, `5 steps`, `a is 2`, `top 3` for a limit. */
export function numberBeside(text: string, numbers: Found[], name: string): Found | undefined {
  const own = stemsOf(name).filter((one) => one.length > 1);
  return numbers.find((found) => {
    const before = stemsOf(text.slice(Math.max(0, found.start - 60), found.start));
    const after = stemsOf(text.slice(found.end, found.end + 60));
    if (LINKING.has(before.at(-1) ?? '')) before.pop();
    if (FIRST_FEW.has(before.at(-1) ?? '') && stemsOf(name).some((one) => LIMIT_NAMES.has(one))) return true;
    if (own.length === 0) return false;
    return own.every((one, at) => before.at(at - own.length) === one) || own.every((one, at) => after[at] === one);
  });
}

/** A span of time in the unit that the property's name or description tells (`days`, “in seconds”). */
export function periodFor(clause: Clause, name: string, schema: Schema): { amount: number; found: Found } | undefined {
  const unit = unitOf(name, schema.description);
  const found = clause.found.find(({ kind }) => kind === 'period');
  if (unit === undefined || found?.amount === undefined || found.unitSeconds === undefined) return undefined;
  const amount = (found.amount * found.unitSeconds) / unit;
  return { amount: Math.round(amount * 1000) / 1000, found };
}

function unitOf(name: string, description: string): number | undefined {
  const named = stemsOf(name).find((one) => Object.hasOwn(UNIT_SECONDS, one));
  const told = /\b(?:in|many|of) (second|minute|hour|day|week|month|year)s?\b/i.exec(description)?.[1]?.toLowerCase();
  const unit = named ?? told;
  return unit === undefined ? undefined : UNIT_SECONDS[unit];
}

/** The text that is said to be the property's: `title "X"`, `subject: X`, and for names `called "X"`. */
export function textAfterMarker(
  clause: Clause,
  quoted: Found[],
  name: string,
): { text: string; found?: Found } | undefined {
  const own = stemsOf(name);
  const isNaming = own.some((one) => stem('title') === one || stem('name') === one);
  const marked = quoted.find((found) => {
    const before = stemsOf(clause.text.slice(Math.max(0, found.start - 60), found.start));
    if (isNaming && ['call', 'titl', 'nam'].includes(before.at(-1) ?? '')) return true;
    if (LINKING.has(before.at(-1) ?? '')) before.pop();
    return own.length > 0 && own.every((one, at) => before.at(at - own.length) === one);
  });
  if (marked) return { text: marked.text, found: marked };
  const words = wordsOf(name);
  if (words.length === 0) return undefined;
  const written = new RegExp(`(?:^|[\\s,;])${words.map(escape).join('[\\s_-]?')}\\s*:\\s*([^,;\\n"]+)`, 'iu').exec(
    clause.text,
  )?.[1];
  return written === undefined || written.trim() === '' ? undefined : { text: written.trim() };
}

const REGION_NAMES = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });

/** The English name of a country code, in lower case; empty for other codes. */
function regionName(code: string): string {
  return /^[A-Z]{2}$/.test(code) ? (REGION_NAMES.of(code)?.toLowerCase() ?? '') : '';
}

function hasWord(text: string, word: string): boolean {
  return word !== '' && new RegExp(`(?<![\\p{L}\\p{N}_])${escape(word)}(?![\\p{L}\\p{N}_])`, 'u').test(text);
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
