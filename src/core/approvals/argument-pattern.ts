/** What one value of the arguments must be. */
export type ValuePattern = { equals: Scalar } | { prefix: string } | { one_of: readonly Scalar[] };
export type Scalar = string | number | boolean | null;

/** Which calls of a tool are meant: each place, a JSON Pointer (RFC 6901), holds what its pattern says. */
export type ArgumentPattern = Readonly<Record<string, ValuePattern>>;

export const MAX_PLACES = 16;
export const MAX_POINTER_LENGTH = 512;
export const MAX_PATTERN_LENGTH = 1_024;
export const MAX_CHOICES = 50;

/** A place that is not there, or not known yet, matches nothing. */
export function matchesPattern(pattern: ArgumentPattern, args: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(pattern).every(([pointer, wanted]) => {
    const value = valueAt(args, pointer);
    return value !== undefined && matchesValue(wanted, value);
  });
}

function matchesValue(wanted: ValuePattern, value: unknown): boolean {
  if ('equals' in wanted) return value === wanted.equals;
  if ('one_of' in wanted) return wanted.one_of.some((choice) => value === choice);
  return typeof value === 'string' && hasPrefix(value, wanted.prefix);
}

/** @returns undefined where there is nothing; own members only */
export function valueAt(document: unknown, pointer: string): unknown {
  if (!isPointer(pointer)) return undefined;
  let value = document;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    if (Array.isArray(value) && !/^(0|[1-9]\d*)$/.test(key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** Not the whole document: arguments are an object, and a pattern is of single values. */
export const isPointer = (text: string): boolean => /^(\/([^~/]|~[01])*)+$/su.test(text);

/** What ends a name, so that `/srv/a` does not mean `/srv/ab`, nor a host one that only begins like it. */
const ENDS = new Set(['/', '?', '#']);
const ENDS_ITSELF = /[/?#=&,;\s]$/u;

/** The text goes on below `prefix`, as a path or an address would, and does not climb out of it. */
function hasPrefix(text: string, prefix: string): boolean {
  if (!text.startsWith(prefix) || climbs(text)) return false;
  const next = text.at(prefix.length);
  return next === undefined || ENDS.has(next) || ENDS_ITSELF.test(prefix);
}

const ROUNDS = 4;
/** Control characters, which some readers of addresses drop. */
const DROPPED = /[\p{Cc}\u200B-\u200D\u2060\uFEFF]/gu;

/** Whether some reader could see a `..` in it: written as escapes, backslashes, look-alikes, or with something between. */
export function climbs(text: string): boolean {
  let seen = text;
  for (let round = 0; round < ROUNDS; round += 1) {
    seen = seen.normalize('NFKC').replace(DROPPED, '');
    if (seen.split(/[/\\]/u).some(isUpwards)) return true;
    const decoded = seen.replace(/%([0-7][0-9a-f])/giu, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
    if (decoded === seen) return false;
    seen = decoded;
  }
  // Escaped again and again: nobody writes that who means well.
  return true;
}

/** Dots alone; what some systems cut off (spaces, parameters after `;`) counts as not there. */
const isUpwards = (segment: string): boolean => /^\s*\.[.\s]*\.\s*(;.*)?$/su.test(segment);
