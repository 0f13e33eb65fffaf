import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { Summary } from '../data/analysis.js';
import { answer, type Demo, plural, Tag, WRITES } from '../demo.js';
import { reportCsv } from '../report/csv.js';
import { reportMarkdown } from '../report/markdown.js';
import { reportPdf } from '../report/pdf.js';

const FORMATS = ['md', 'csv', 'pdf'] as const;
const MIME_TYPES = { md: 'text/markdown', csv: 'text/csv', pdf: 'application/pdf' } satisfies Record<
  (typeof FORMATS)[number],
  string
>;

export function registerReportTools(server: McpServer, demo: Demo): void {
  server.registerTool(
    'write_report',
    {
      title: 'Write report',
      description: 'Writes a report from the summary of an analysis, as Markdown, CSV and PDF files.',
      inputSchema: z.object({
        summary: Summary.describe('Summary of analyze_signups'),
        title: z.string().min(1).max(120).default('Daily report').describe('Heading of the report'),
        formats: z
          .array(z.enum(FORMATS))
          .min(1)
          .max(FORMATS.length)
          .default([...FORMATS])
          .describe('Kinds of files'),
        tag: Tag,
      }),
      outputSchema: z.object({
        report_id: z.string(),
        files: z.array(z.object({ name: z.string(), uri: z.string(), mime_type: z.string(), size: z.int() })),
      }),
      annotations: WRITES,
    },
    async ({ summary, title, formats, tag }, ctx) => {
      const id = demo.state.nextReportId();
      const bytesOf = {
        md: async () => Buffer.from(reportMarkdown(title, summary), 'utf8'),
        csv: async () => Buffer.from(reportCsv(summary), 'utf8'),
        pdf: () => reportPdf(title, summary, demo.now()),
      } satisfies Record<(typeof FORMATS)[number], () => Promise<Buffer>>;
      const files = [];
      for (const format of new Set(formats)) {
        const name = `daily_report.${format}`;
        files.push({
          name,
          uri: `demo://reports/${id}/${name}`,
          mimeType: MIME_TYPES[format],
          bytes: await bytesOf[format](),
        });
        await ctx.mcpReq.log('info', `wrote ${name}`, 'reports');
      }
      demo.state.keepReport(id, { title, summary, files });
      demo.state.countEffect('write_report', tag);
      const listed = files.map(({ name, uri, mimeType, bytes }) => ({
        name,
        uri,
        mime_type: mimeType,
        size: bytes.length,
      }));
      const result = answer(`Wrote ${plural(files.length, 'file')}: ${files.map(({ name }) => name).join(', ')}.`, {
        report_id: id,
        files: listed,
      });
      const resources = files.map(({ uri, mimeType, bytes }) => ({
        type: 'resource' as const,
        resource: { uri, mimeType, blob: bytes.toString('base64') },
      }));
      return { ...result, content: [...result.content, ...resources] };
    },
  );
}
