import { createHash } from 'node:crypto';
import type { CallToolResult, McpServer } from '@modelcontextprotocol/server';

/** The smallest PNG there is: one transparent pixel. */
export const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
export const BEEP = Buffer.concat([Buffer.from('RIFF'), Buffer.alloc(4, 1), Buffer.from('WAVEfmt '), Buffer.alloc(64)]);
export const BYTES = Buffer.from(Array.from({ length: 5_000 }, (_, index) => (index * 7) % 256));
export const LINKED = 'a linked text, ünïcödé\n';
export const PAGE = '<!doctype html><script>alert(document.domain)</script>';
export const HOSTILE_NAME = 'file:///etc/..%2F..%2Fpass%22wd%0D%0ASet-Cookie:%20a=1;%E2%80%AEtxt.exe.csv';

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

const RESULTS: Record<string, () => CallToolResult['content']> = {
  media: () => [
    { type: 'text', text: 'Two files.' },
    { type: 'image', data: PIXEL.toString('base64'), mimeType: 'image/png' },
    { type: 'audio', data: BEEP.toString('base64'), mimeType: 'audio/wav' },
  ],
  embedded: () => [
    { type: 'resource', resource: { uri: 'scripted://notes/plain.txt', mimeType: 'text/plain', text: LINKED } },
    {
      type: 'resource',
      resource: {
        uri: 'scripted://data/bytes.bin',
        mimeType: 'application/octet-stream',
        blob: BYTES.toString('base64'),
      },
    },
  ],
  linked: () => [
    { type: 'resource_link', uri: 'scripted://linked', name: 'linked.txt', mimeType: 'text/plain' },
    { type: 'resource_link', uri: 'scripted://nowhere', name: 'gone.txt', mimeType: 'text/plain' },
  ],
  page: () => [
    { type: 'resource', resource: { uri: 'scripted://page.html', mimeType: 'text/html', text: PAGE } },
    { type: 'resource', resource: { uri: 'scripted://image.svg', mimeType: 'image/svg+xml', text: '<svg/>' } },
  ],
  hostile: () => [
    { type: 'resource', resource: { uri: HOSTILE_NAME, mimeType: 'text/csv\r\nx-evil: 1', text: 'a,b' } },
  ],
  big: () => [{ type: 'text', text: 'x'.repeat(40 * 1_024) }],
  limit: () => [{ type: 'text', text: 'y'.repeat(32 * 1_024) }],
  bytes: () => [
    {
      type: 'resource',
      resource: {
        uri: 'scripted://data/bytes.bin',
        mimeType: 'application/octet-stream',
        blob: BYTES.toString('base64'),
      },
    },
  ],
};

export function resultsOfFiles(kind: string): CallToolResult {
  if (kind === 'structured') {
    const rows = Array.from({ length: 3_000 }, (_, id) => ({ id, name: `row ${id}` }));
    return { content: [{ type: 'text', text: '3000 rows' }], structuredContent: { rows } };
  }
  return { content: RESULTS[kind]?.() ?? [] };
}

export function registerFileResources(server: McpServer): void {
  server.registerResource('linked', 'scripted://linked', { mimeType: 'text/plain' }, async (uri) => ({
    contents: [{ uri: uri.href, mimeType: 'text/plain', text: LINKED }],
  }));
}
