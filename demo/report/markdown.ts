import type { Summary } from '../data/analysis.js';
import { tablesOf, type Table } from './tables.js';

export function reportMarkdown(title: string, summary: Summary): string {
  const parts = [`# ${inline(title)}`, `${summary.from} to ${summary.to} (complete days, UTC)`];
  parts.push(summary.highlights.map((line) => `- ${inline(line)}`).join('\n'));
  for (const table of tablesOf(summary)) parts.push(`## ${table.heading}`, markdownTable(table));
  return parts.join('\n\n') + '\n';
}

function markdownTable({ columns, rows }: Table): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => inline(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(columns), `| ${columns.map(() => '---').join(' | ')} |`, ...rows.map(line)].join('\n');
}

const inline = (text: string): string => text.replace(/\s+/g, ' ').trim();
