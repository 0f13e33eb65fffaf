import { isObject, type RawResult } from './raw-result.js';
import { UpstreamError } from './upstream-error.js';

const MAX_ITEMS = 1000;
const MAX_BYTES = 2 * 1024 * 1024;
const MAX_PAGES = 200;

/**
 * All pages of a list, its items untouched. A server that repeats its cursor has come to its end.
 * @param page asks for the page after a cursor
 * @throws UpstreamError UPSTREAM_PROTOCOL beyond 1,000 items or 2 MiB, or when it is no list
 */
export async function listAll(
  what: 'tools' | 'resources' | 'resourceTemplates' | 'prompts',
  page: (cursor: string | undefined) => Promise<RawResult>,
): Promise<RawResult[]> {
  const items: RawResult[] = [];
  const seen = new Set<string>();
  let bytes = 0;
  let cursor: string | undefined;
  do {
    const result = await page(cursor);
    const found = result[what];
    if (!Array.isArray(found)) throw notAList(what);
    bytes += JSON.stringify(found).length;
    items.push(...found.filter(isObject));
    if (items.length > MAX_ITEMS || bytes > MAX_BYTES || seen.size >= MAX_PAGES) throw tooMuch(what);
    cursor = typeof result.nextCursor === 'string' && result.nextCursor !== '' ? result.nextCursor : undefined;
    if (cursor !== undefined && seen.has(cursor)) break;
    if (cursor !== undefined) seen.add(cursor);
  } while (cursor !== undefined);
  return items;
}

const notAList = (what: string) =>
  new UpstreamError('UPSTREAM_PROTOCOL', `The server does not list its ${what} as MCP asks.`, { requestSent: false });

const tooMuch = (what: string) =>
  new UpstreamError(
    'UPSTREAM_PROTOCOL',
    `The server lists more than ${MAX_ITEMS} ${what}, or more than 2 MiB of them.`,
    {
      requestSent: false,
      fix: 'Configure the server to offer fewer.',
    },
  );
