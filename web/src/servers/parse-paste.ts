import { isRecord } from '@app/session-protocol/client';

/** What could be read out of pasted text; only what was there. */
export interface Pasted {
  name?: string;
  url?: string;
  transport?: 'streamable_http' | 'sse';
  /** From an Authorization or key header. */
  header?: { name: string; value: string };
}

export type PasteResult = { ok: true; pasted: Pasted } | { ok: false; why: string };

const NOT_REMOTE = 'This server is started by a command on your machine. Only servers with a URL can be added.';

/** Reads a URL, an mcp.json snippet, or a `claude mcp add` line. */
export function parsePaste(text: string): PasteResult {
  const trimmed = text.trim();
  if (trimmed === '') return { ok: false, why: 'Paste a URL, an mcp.json snippet, or a claude mcp add line.' };
  if (/^https?:\/\/\S+$/i.test(trimmed)) return fromUrl(trimmed);
  if (trimmed.startsWith('{') || trimmed.startsWith('"')) return fromJson(trimmed);
  if (/\bmcp\s+add(-json)?\b/.test(trimmed)) return fromCommand(trimmed);
  if (/^[\w.-]+(:\d+)?\/\S*$/.test(trimmed)) return fromUrl(`https://${trimmed}`);
  return { ok: false, why: 'This is neither a URL, nor an mcp.json snippet, nor a claude mcp add line.' };
}

function fromUrl(text: string, more: Pasted = {}): PasteResult {
  if (!URL.canParse(text)) return { ok: false, why: `${text} is not a URL.` };
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol)) return { ok: false, why: NOT_REMOTE };
  return { ok: true, pasted: { name: url.hostname.replace(/^(www|mcp|api)\./, ''), url: text, ...more } };
}

function fromJson(text: string): PasteResult {
  let raw: unknown;
  try {
    raw = JSON.parse(text.startsWith('"') ? `{${text.replace(/,\s*$/, '')}}` : text);
  } catch (error) {
    return { ok: false, why: `This is not valid JSON: ${error instanceof Error ? error.message : ''}` };
  }
  if (!isRecord(raw)) return { ok: false, why: 'An mcp.json holds an object.' };
  const holder = [raw.mcpServers, raw.servers, raw].find(isRecord) ?? raw;
  if (typeof holder.url === 'string' || typeof holder.command === 'string') return fromEntry(undefined, holder);
  const first = Object.entries(holder).find(([, value]) => isRecord(value));
  if (!first || !isRecord(first[1])) return { ok: false, why: 'There is no server in this JSON.' };
  return fromEntry(first[0], first[1]);
}

function fromEntry(name: string | undefined, entry: Record<string, unknown>): PasteResult {
  const url = entry.url ?? entry.serverUrl ?? entry.httpUrl;
  if (typeof url !== 'string') return { ok: false, why: NOT_REMOTE };
  const headers = isRecord(entry.headers) ? entry.headers : {};
  const header = Object.entries(headers).find((pair): pair is [string, string] => typeof pair[1] === 'string');
  return fromUrl(url, {
    ...(name === undefined ? {} : { name }),
    ...transportOf(entry.type ?? entry.transport),
    ...(header ? { header: { name: header[0], value: header[1] } } : {}),
  });
}

function fromCommand(text: string): PasteResult {
  const words = [...text.replace(/\\\r?\n/g, ' ').matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  );
  const start = words.findIndex((word) => word === 'add' || word === 'add-json');
  const rest = words.slice(start + 1);
  const plain: string[] = [];
  let more: Pasted = {};
  for (let at = 0; at < rest.length; at += 1) {
    const [flag = '', inline] = (rest[at] ?? '').split(/=(.*)/s);
    const value = () => {
      if (inline !== undefined) return inline;
      at += 1;
      return rest[at] ?? '';
    };
    if (flag === '--transport' || flag === '-t') more = { ...more, ...transportOf(value()) };
    else if (flag === '--header' || flag === '-H') {
      const [name = '', content = ''] = value().split(/:\s*(.*)/s);
      more = { ...more, header: { name, value: content } };
    } else if (flag === '--scope' || flag === '-s' || flag === '--env' || flag === '-e') value();
    else if (!flag.startsWith('-')) plain.push(rest[at] ?? '');
  }
  const [name = '', target = ''] = plain;
  if (words[start] === 'add-json') {
    const read = fromJson(target);
    return read.ok ? { ok: true, pasted: { ...read.pasted, name } } : read;
  }
  if (!/^https?:\/\//.test(target)) return { ok: false, why: NOT_REMOTE };
  return fromUrl(target, { ...more, name });
}

function transportOf(value: unknown): Pasted {
  if (value === 'sse') return { transport: 'sse' };
  if (typeof value === 'string' && /^(http|streamable[-_]?http)$/i.test(value)) return { transport: 'streamable_http' };
  return {};
}
