import { type McpServer, ResourceNotFoundError, ResourceTemplate } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { datasetCsv } from './data/dataset.js';
import type { Demo } from './demo.js';

export function registerResources(server: McpServer, demo: Demo): void {
  server.registerResource(
    'signups.csv',
    'demo://data/signups.csv',
    { title: 'All signups', description: 'The data set behind query_signups.', mimeType: 'text/csv' },
    async (uri) => ({ contents: [{ uri: uri.href, mimeType: 'text/csv', text: datasetCsv(demo.now()) }] }),
  );

  server.registerResource(
    'demo.log',
    'demo://log',
    { title: 'Log', description: 'What the demo server did, the last 500 lines.', mimeType: 'text/plain' },
    async (uri) => ({
      contents: [{ uri: uri.href, mimeType: 'text/plain', text: demo.state.log.map((line) => `${line}\n`).join('') }],
    }),
  );

  server.registerResource(
    'report file',
    new ResourceTemplate('demo://reports/{report_id}/{file}', { list: undefined }),
    { title: 'File of a report', description: 'A file that write_report made, while the server remembers it.' },
    async (uri, { report_id, file }) => {
      const found = demo.state.reports.get(String(report_id))?.files.find(({ name }) => name === file);
      if (!found) throw new ResourceNotFoundError(uri.href);
      return { contents: [{ uri: uri.href, mimeType: found.mimeType, blob: found.bytes.toString('base64') }] };
    },
  );
}

export function registerPrompts(server: McpServer): void {
  server.registerPrompt(
    'weekly_review',
    {
      title: 'Weekly review',
      description: 'Asks for a report of the signups of the last days.',
      argsSchema: z.object({ days: z.string().optional().describe('How many days, 7 if not given') }),
    },
    ({ days }) => ({
      messages: [
        {
          role: 'user',
          content: { type: 'text', text: `Make a report of the signups of the last ${days ?? '7'} days.` },
        },
      ],
    }),
  );
}
