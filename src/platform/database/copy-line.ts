export type CopyValue = string | number | boolean | Date | null | undefined;

/** What would end a value or a line, or begin an escape. */
const SPECIAL = /[\\\n\r\t]/;
const EACH_SPECIAL = /[\\\n\r\t]/g;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const escape = (text: string): string => text.replace(EACH_SPECIAL, (character) => ESCAPES[character] ?? character);

function toText(value: CopyValue): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '\\N';
  return value instanceof Date ? value.toISOString() : String(value);
}

/** A row in Postgres' text format (COPY, File Formats). Texts must be such as Postgres takes: without U+0000. */
export function copyLine(values: readonly CopyValue[]): string {
  // One look at all of them: most lines have nothing to escape.
  const isPlain = !SPECIAL.test(values.join(' '));
  const texts = values.map(isPlain ? toText : toEscaped);
  return `${texts.join('\t')}\n`;
}

const toEscaped = (value: CopyValue): string => (typeof value === 'string' ? escape(value) : toText(value));
