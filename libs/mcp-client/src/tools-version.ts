import { hash } from 'node:crypto';
import { listAll } from './listing.js';
import type { RawResult } from './raw-result.js';
import type { Protocol } from './target.js';
import type { WireRequest } from './wire.js';

/** What a server said when it listed its tools: enough to know that it says the same again. */
export interface ToolsVersion {
  era: Protocol['era'];
  pages: readonly Page[];
}

interface Page {
  form: number;
  /** See `markOf`. */
  mark: string;
  next: string | undefined;
}

/** In characters. A longer text is compared by its digest, which costs more and keeps less. */
const MOST_KEPT = 32 * 1024;

/**
 * How servers write an answer around its result, `#` for the id. Between two answers of one form that are equal but for
 * the id nothing can differ in meaning; an answer of no known form is read.
 */
const FORMS: readonly (readonly [before: string, after: string])[] = [
  ['{"jsonrpc":"2.0","id":#,"result":', '}'],
  ['{"result":', ',"jsonrpc":"2.0","id":#}'],
  ['{"jsonrpc":"2.0","result":', ',"id":#}'],
  ['{"id":#,"jsonrpc":"2.0","result":', '}'],
  ['{"id":#,"result":', ',"jsonrpc":"2.0"}'],
  ['{"result":', ',"id":#,"jsonrpc":"2.0"}'],
];

/** Stands for a result that was not read. */
const UNREAD: RawResult = Object.freeze({ resultType: 'complete' });

const METHOD = 'tools/list';

/** Asks page by page whether all is as it was; lists anew where it is not. */
export async function toolsIfChanged(
  known: ToolsVersion | undefined,
  era: Protocol['era'],
  request: (request: WireRequest) => Promise<RawResult>,
): Promise<{ version: ToolsVersion | undefined; tools: RawResult[] | undefined }> {
  if (known?.era === era && (await isUnchanged(known, request))) return { version: known, tools: undefined };
  const pages: Page[] = [];
  let unknownForm = false;
  const tools = await listAll('tools', async (cursor) => {
    let said: Said | undefined;
    const result = await request({
      method: METHOD,
      params: paramsOf(cursor),
      recognise: (text, id) => {
        said = readForm(text, id) ?? said;
        return undefined;
      },
    });
    const next = typeof result.nextCursor === 'string' ? result.nextCursor : undefined;
    if (said) pages.push({ form: said.form, mark: markOf(said.result), next });
    else unknownForm = true;
    return result;
  });
  return { version: unknownForm ? undefined : { era, pages }, tools };
}

async function isUnchanged(
  { pages }: ToolsVersion,
  request: (request: WireRequest) => Promise<RawResult>,
): Promise<boolean> {
  let cursor: string | undefined;
  for (const page of pages) {
    let same = false;
    const recognise = (text: string, id: number) => {
      const said = readForm(text, id);
      if (said?.form !== page.form || markOf(said.result) !== page.mark) return undefined;
      same = true;
      return UNREAD;
    };
    await request({ method: METHOD, params: paramsOf(cursor), recognise });
    if (!same) return false;
    cursor = page.next;
  }
  return true;
}

const paramsOf = (cursor: string | undefined): RawResult => (cursor === undefined ? {} : { cursor });

interface Said {
  form: number;
  result: string;
}

function readForm(text: string, id: number): Said | undefined {
  for (const [form, [begin, end]] of FORMS.entries()) {
    const before = begin.replace('#', String(id));
    const after = end.replace('#', String(id));
    const fits = text.length > before.length + after.length && text.startsWith(before) && text.endsWith(after);
    if (fits) return { form, result: text.slice(before.length, text.length - after.length) };
  }
  return undefined;
}

const markOf = (result: string): string => (result.length <= MOST_KEPT ? result : hash('sha256', result, 'base64'));
