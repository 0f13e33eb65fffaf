/** Line breaks and tabs stay; every other control or format character could hide or reorder what a reader sees. */
const INVISIBLE = /(?![\n\r\t])(?:\p{Cc}|\p{Cf}|\p{Co}|\p{Cs}|[\u2028\u2029]|[\u{E0100}-\u{E01EF}])/gu;
const HALF_CHARACTER = /[\uD800-\uDBFF]$/;
const MAX_DEPTH = 64;

const spell = (character: string): string =>
  `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`;

/** Text from outside with its invisible and direction-changing characters (Unicode Cc, Cf, Co, lone Cs) spelled out. */
export const showInvisible = (text: string): string => text.replace(INVISIBLE, spell);

/** The same for every string and key of a JSON value; what is nested deeper than 64 levels is left out. */
export function showInvisibleDeep(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return showInvisible(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '(nested too deeply)';
  if (Array.isArray(value)) return value.map((item) => showInvisibleDeep(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [showInvisible(key), showInvisibleDeep(item, depth + 1)]),
  );
}

/** At most `limit` characters, with a mark where something was left out. */
export const shorten = (text: string, limit: number): string =>
  text.length <= limit ? text : `${text.slice(0, limit).replace(HALF_CHARACTER, '')} … (shortened)`;
