/** What no shell reads as anything else. */
const PLAIN = /^[A-Za-z0-9_./:@%+=-]+$/;

/** One word of a POSIX shell, whatever is in it. */
export const shellWord = (text: string): string => (PLAIN.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

export const shellLine = (...words: string[]): string => words.map(shellWord).join(' ');

/** A basic string of TOML: JSON's, but that it has no unescaped DEL. */
export const tomlString = (text: string): string => JSON.stringify(text).replaceAll('\u007f', '\\u007f');

export const prettyJson = (value: unknown): string => JSON.stringify(value, null, 2);
