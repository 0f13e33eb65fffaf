export type CopyValue = string | number | boolean | Date | null | undefined;

/** What would end a value or a line, or begin an escape. */
const SPECIAL = /[\\\n\r\t]/;
const EACH_SPECIAL = /[\\\n\r\t]/g;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const escape = (text: string): string => text.replace(EACH_SPECIAL, (character) => ESCAPES[character] ?? character);

const toText = (value: Exclude<CopyValue, string>): string => {
  if (value === null || value === undefined) return '\\N';
  return value instanceof Date ? value.toISOString() : String(value);
};

/** A row in Postgres' text format (COPY, File Formats). Texts must be such as Postgres takes: without U+0000. */
export function copyLine(values: readonly CopyValue[]): string {
  let line = '';
  let separator = '';
  for (const value of values) {
    line += separator;
    separator = '\t';
    if (typeof value !== 'string') line += toText(value);
    // Most have nothing to escape.
    else line += SPECIAL.test(value) ? escape(value) : value;
  }
  return `${line}\n`;
}
