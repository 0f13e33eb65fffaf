import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { createDemo } from './demo.js';
import { type DemoHttp, startDemoHttp } from './http.js';

interface Row {
  created_at: string;
  plan: string;
  source: string;
}
interface Traffic {
  sources: { source: string; visits: number }[];
  days: { date: string; visits: number }[];
  total_visits: number;
}

const NOW = new Date('2026-11-21T09:30:00Z');
let demo: DemoHttp;
let client: Client;

beforeAll(async () => {
  demo = await startDemoHttp({ port: 0, demo: createDemo(() => NOW) });
  client = new Client({ name: 'spec', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  await client.connect(new StreamableHTTPClientTransport(new URL(demo.url)));
});
afterAll(async () => {
  await client.close();
  await demo.close();
});

async function call(name: string, args: Record<string, unknown>) {
  const result = await client.callTool({ name, arguments: args });
  if (result.isError) throw new Error(JSON.stringify(result.content));
  return result;
}

/** The text that an uncompressed PDF shows, in order. */
function pdfText(pdf: Buffer): string {
  const shown = [...pdf.toString('latin1').matchAll(/\[(.*?)\] TJ/g)].map(([, parts]) =>
    [...(parts ?? '').matchAll(/<([0-9a-f]*)>/g)]
      .map(([, hex]) => Buffer.from(hex ?? '', 'hex').toString('latin1'))
      .join(''),
  );
  return shown.join('\n');
}

test('the numbers of a report are those of the data, in every format', async () => {
  const signups = (await call('query_signups', { days: 7 })).structuredContent as {
    rows: Row[];
    previous_total: number;
  };
  const traffic = (await call('fetch_traffic', { days: 7 })).structuredContent as Traffic;
  const analysis = await call('analyze_signups', {
    signups: signups.rows,
    traffic,
    previous_total: signups.previous_total,
  });
  const { summary } = analysis.structuredContent as { summary: Record<string, unknown> };
  const report = await call('write_report', { summary, title: 'Signups – week 47 (日本)' });

  const files = new Map<string, Buffer>();
  for (const block of report.content) {
    if (block.type !== 'resource' || !('blob' in block.resource)) continue;
    files.set(block.resource.uri.split('/').pop() ?? '', Buffer.from(block.resource.blob, 'base64'));
  }
  expect([...files.keys()]).toEqual(['daily_report.md', 'daily_report.csv', 'daily_report.pdf']);
  expect(report.structuredContent).toMatchObject({
    files: [...files].map(([name, bytes]) => ({ name, size: bytes.length })),
  });

  const md = files.get('daily_report.md')?.toString('utf8') ?? '';
  const csv = files.get('daily_report.csv')?.toString('utf8') ?? '';
  const pdf = files.get('daily_report.pdf') ?? Buffer.alloc(0);
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  expect(pdf.toString('latin1').trimEnd().endsWith('%%EOF')).toBe(true);
  const pdfLines = pdfText(pdf).split('\n');

  // Counted again here from the rows, by other means than the server's.
  const tally = (key: (row: Row) => string) =>
    signups.rows.reduce(
      (counts, row) => counts.set(key(row), (counts.get(key(row)) ?? 0) + 1),
      new Map<string, number>(),
    );
  const shows = (cells: string[]) => {
    expect(md).toContain(`| ${cells.join(' | ')} |`);
    const inPdf = pdfLines.some((_, at) =>
      cells.every((cell, offset) => pdfLines[at + offset] === cell.replace('–', '\x96')),
    );
    expect({ cells, inPdf }).toEqual({ cells, inPdf: true });
  };
  const total = signups.rows.length;
  const rate = (part: number, whole: number) => Math.round((part / whole) * 1000) / 10;
  expect(total).toBeGreaterThan(0);
  shows([`${total}`, `${traffic.total_visits}`, `${rate(total, traffic.total_visits)}%`]);
  expect(csv).toContain(
    `total,2026-11-14/2026-11-20,${total},${traffic.total_visits},${rate(total, traffic.total_visits)}\r\n`,
  );

  const perDay = tally((row) => row.created_at.slice(0, 10));
  for (const { date, visits } of traffic.days) {
    shows([date, `${perDay.get(date) ?? 0}`, `${visits}`]);
    expect(csv).toContain(`day,${date},${perDay.get(date) ?? 0},${visits},\r\n`);
  }
  const perSource = tally((row) => row.source);
  for (const { source, visits } of traffic.sources) {
    const count = perSource.get(source) ?? 0;
    shows([source, `${count}`, `${visits}`, `${rate(count, visits)}%`]);
    expect(csv).toContain(`source,${source},${count},${visits},${rate(count, visits)}\r\n`);
  }
  for (const [plan, count] of tally((row) => row.plan)) {
    shows([plan, `${count}`, `${rate(count, total)}%`]);
    expect(csv).toContain(`plan,${plan},${count},,${rate(count, total)}\r\n`);
  }
  const change = rate(total - signups.previous_total, signups.previous_total);
  expect(md).toContain(
    `Growth: ${change > 0 ? '+' : ''}${change}% against the 7 days before (${signups.previous_total} to ${total}).`,
  );
  expect(md).toContain('# Signups – week 47 (日本)');
  expect(pdfLines[0]).toContain('week 47 (??)');
});

test('visits add up, and the same day gives the same data whoever asks and when', async () => {
  const traffic = (await call('fetch_traffic', { days: 30 })).structuredContent as Traffic;
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  expect(sum(traffic.days.map(({ visits }) => visits))).toBe(traffic.total_visits);
  expect(sum(traffic.sources.map(({ visits }) => visits))).toBe(traffic.total_visits);
  expect(traffic.days).toHaveLength(30);

  const later = await startDemoHttp({ port: 0, demo: createDemo(() => new Date('2026-11-22T00:00:00Z')) });
  const other = new Client({ name: 'spec', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  await other.connect(new StreamableHTTPClientTransport(new URL(later.url)));
  const next = (await other.callTool({ name: 'fetch_traffic', arguments: { days: 30 } })).structuredContent as Traffic;
  expect(next.days.slice(0, 29)).toEqual(traffic.days.slice(1));
  await other.close();
  await later.close();
});

test('growth over two weeks needs nobody to say what was before', async () => {
  const signups = (await call('query_signups', { days: 14 })).structuredContent as { rows: Row[] };
  const traffic = (await call('fetch_traffic', { days: 14 })).structuredContent;
  const { structuredContent } = await call('analyze_signups', { signups: signups.rows, traffic });
  const inLastWeek = signups.rows.filter((row) => row.created_at >= '2026-11-14').length;
  expect(structuredContent).toMatchObject({
    summary: { growth: { current: inLastWeek, previous: signups.rows.length - inLastWeek } },
  });
});

test('a report can be read again by its address, and nothing else can', async () => {
  const signups = (await call('query_signups', { days: 1 })).structuredContent as { rows: Row[] };
  const traffic = (await call('fetch_traffic', { days: 1 })).structuredContent;
  const { summary } = (await call('analyze_signups', { signups: signups.rows, traffic })).structuredContent as {
    summary: unknown;
  };
  const report = (await call('write_report', { summary, formats: ['csv', 'csv'] })).structuredContent as {
    files: { uri: string; size: number }[];
  };
  expect(report.files).toHaveLength(1);
  const [contents] = (await client.readResource({ uri: report.files[0]?.uri ?? '' })).contents;
  expect(contents && 'blob' in contents && Buffer.from(contents.blob, 'base64').length).toBe(report.files[0]?.size);
  await expect(client.readResource({ uri: 'demo://reports/report-99/daily_report.csv' })).rejects.toThrow();
});
