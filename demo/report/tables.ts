import { asPercent, type Summary } from '../data/analysis.js';

export interface Table {
  heading: string;
  columns: string[];
  rows: string[][];
}

/** The tables of a report, the same for every format, so that no two of them can disagree. */
export function tablesOf(summary: Summary): Table[] {
  const { totals, per_day, per_source, per_plan } = summary;
  return [
    {
      heading: 'Totals',
      columns: ['Signups', 'Visits', 'Conversion'],
      rows: [[`${totals.signups}`, `${totals.visits}`, asPercent(totals.conversion_rate)]],
    },
    {
      heading: 'Per day',
      columns: ['Date', 'Signups', 'Visits'],
      rows: per_day.map((day) => [day.date, `${day.signups}`, `${day.visits}`]),
    },
    {
      heading: 'Per source',
      columns: ['Source', 'Signups', 'Visits', 'Conversion'],
      rows: per_source.map((row) => [row.source, `${row.signups}`, `${row.visits}`, asPercent(row.conversion_rate)]),
    },
    {
      heading: 'Per plan',
      columns: ['Plan', 'Signups', 'Share'],
      rows: per_plan.map((row) => [row.plan, `${row.signups}`, asPercent(row.share)]),
    },
  ];
}
