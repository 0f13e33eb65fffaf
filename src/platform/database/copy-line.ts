import { isoTime } from '../iso-time.js';

export type CopyValue = string | number | boolean | Date | null | undefined;

/** What would end a value or a line, or begin an escape. */
const SPECIAL = /[\\\n\r\t]/;
const EACH_SPECIAL = /[\\\n\r\t]/g;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const escape = (text: string): string => text.replace(EACH_SPECIAL, (character) => ESCAPES[character] ?? character);

const toField = (value: CopyValue): string => {
  // Most have nothing to escape.
  if (typeof value === 'string') return SPECIAL.test(value) ? escape(value) : value;
  if (value === null || value === undefined) return '\\N';
  return value instanceof Date ? isoTime(value.getTime()) : String(value);
};

/** A row in Postgres' text format (COPY, File Formats). Texts must be such as Postgres takes: without U+0000. */
export const copyLine = (values: readonly CopyValue[]): string => `${values.map(toField).join('\t')}\n`;
