/** Line breaks and tabs stay; every other control or format character could hide or reorder what a reader sees. */
const INVISIBLE = /(?![\n\r\t])(?:\p{Cc}|\p{Cf}|\p{Co}|\p{Cs}|[\u2028\u2029]|[\u{E0100}-\u{E01EF}])/gu;
const HALF_CHARACTER = /[\uD800-\uDBFF]$/;

const spell = (character: string): string =>
  `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`;

/** Text from outside with its invisible and direction-changing characters (Unicode Cc, Cf, Co, lone Cs) spelled out. */
export const showInvisible = (text: string): string => text.replace(INVISIBLE, spell);

const escapeUnits = (characters: string): string =>
  characters
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

/** A JSON value as text in which such characters are escaped (RFC 8259, section 7), so that it still reads back as the value. */
export const toVisibleJson = (value: unknown): string => JSON.stringify(value).replace(INVISIBLE, escapeUnits);

/** At most `limit` characters, with a mark where something was left out. */
export const shorten = (text: string, limit: number): string =>
  text.length <= limit ? text : `${text.slice(0, limit).replace(HALF_CHARACTER, '')} … (shortened)`;

const LONGEST_SHOWN = 120;

/** A value as JSON, short enough for a sentence. */
export const show = (value: unknown): string =>
  shorten(showInvisible(JSON.stringify(value) ?? 'nothing'), LONGEST_SHOWN);

export const listWords = (words: readonly string[], most = 20): string =>
  words.length <= most ? words.join(', ') : `${words.slice(0, most).join(', ')} and ${words.length - most} more`;
