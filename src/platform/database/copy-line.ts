import { isoTime } from '../iso-time.js';

export type CopyValue = string | number | boolean | Date | null | undefined;

/** What would end a value or a line, or begin an escape. */
const SPECIAL = /[\\\n\r\t]/;
const EACH_SPECIAL = /[\\\n\r\t]/g;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const escape = (text: string): string => text.replace(EACH_SPECIAL, (character) => ESCAPES[character] ?? character);

const toText = (value: Exclude<CopyValue, string>): string => {
  if (value === null || value === undefined) return '\\N';
  return value instanceof Date ? isoTime(value.getTime()) : String(value);
};

/** By column, the last text that had nothing to escape: names and ids come again and again. */
const plain: string[] = [];

function escaped(text: string, column: number): string {
  if (text === plain[column]) return text;
  // Most have nothing to escape.
  if (SPECIAL.test(text)) return escape(text);
  plain[column] = text;
  return text;
}

/** A row in Postgres' text format (COPY, File Formats). Texts must be such as Postgres takes: without U+0000. */
export const copyLine = (values: readonly CopyValue[]): string =>
  `${values.map((value, column) => (typeof value === 'string' ? escaped(value, column) : toText(value))).join('\t')}\n`;
