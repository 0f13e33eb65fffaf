import type { Summary } from '../data/analysis.js';

type Cell = string | number | null;

/** One long table (RFC 4180): `section,key,signups,visits,percent`, so that a spreadsheet can filter it. */
export function reportCsv(summary: Summary): string {
  const { totals } = summary;
  const rows: Cell[][] = [
    ['section', 'key', 'signups', 'visits', 'percent'],
    ['total', `${summary.from}/${summary.to}`, totals.signups, totals.visits, totals.conversion_rate],
    ...summary.per_day.map((row): Cell[] => ['day', row.date, row.signups, row.visits, null]),
    ...summary.per_source.map((row): Cell[] => ['source', row.source, row.signups, row.visits, row.conversion_rate]),
    ...summary.per_plan.map((row): Cell[] => ['plan', row.plan, row.signups, null, row.share]),
  ];
  return rows.map((row) => row.map(csvCell).join(',')).join('\r\n') + '\r\n';
}

function csvCell(value: Cell): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  // A leading sign would be read as a formula by spreadsheets.
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
