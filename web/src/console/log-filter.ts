import type { LogLevel } from '@app/session-protocol';
import type { LogRow } from '../session/state.js';

export const LEVELS = ['debug', 'info', 'warn', 'error'] as const satisfies readonly LogLevel[];

interface Term {
  field: 'level' | 'source' | 'text';
  value: string;
  negative: boolean;
}

/** Reads `level:warn source:node1 text -noise "two words"`. */
export function parseFilter(text: string): Term[] {
  return [...text.matchAll(/(-)?(?:(level|source):)?(?:"([^"]*)"|(\S+))/g)].flatMap(
    ([, minus, field, quoted, word]) => {
      const value = (quoted ?? word ?? '').toLowerCase();
      if (value === '') return [];
      return [
        { field: field === 'level' || field === 'source' ? field : 'text', value, negative: minus !== undefined },
      ];
    },
  );
}

export function filterLogs(rows: LogRow[], levels: Record<LogLevel, boolean>, text: string): LogRow[] {
  const terms = parseFilter(text);
  return rows.filter((row) => (levels[row.level] ?? true) && terms.every((term) => fits(row, term)));
}

function fits(row: LogRow, { field, value, negative }: Term): boolean {
  const source = `${row.source} ${row.node_id ?? ''}`.toLowerCase();
  const found =
    field === 'level'
      ? row.level === value
      : field === 'source'
        ? source.split(' ').includes(value)
        : `${row.message} ${source}`.toLowerCase().includes(value);
  return found !== negative;
}

export function countLevels(rows: LogRow[]): Record<LogLevel, number> {
  const counts = { debug: 0, info: 0, warn: 0, error: 0 };
  for (const row of rows) counts[row.level] = (counts[row.level] ?? 0) + 1;
  return counts;
}
