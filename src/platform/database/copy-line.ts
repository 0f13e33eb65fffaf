export type CopyValue = string | number | boolean | Date | null | undefined;

/** What would end a value or a line, or begin an escape. */
const SPECIAL = /[\\\n\r\t]/;
const EACH_SPECIAL = /[\\\n\r\t]/g;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const escape = (text: string): string =>
  SPECIAL.test(text) ? text.replace(EACH_SPECIAL, (character) => ESCAPES[character] ?? character) : text;

function toText(value: CopyValue): string {
  if (typeof value === 'string') return escape(value);
  if (value === null || value === undefined) return '\\N';
  return value instanceof Date ? value.toISOString() : String(value);
}

/** A row in Postgres' text format (COPY, File Formats). Texts must be such as Postgres takes: without U+0000. */
export const copyLine = (values: readonly CopyValue[]): string => `${values.map(toText).join('\t')}\n`;
