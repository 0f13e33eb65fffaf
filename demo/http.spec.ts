import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema, LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { type DemoHttp, startDemoHttp } from './http.js';

interface ToolResult {
  content: { type: string; text?: string; data?: string; mimeType?: string; uri?: string }[];
  structuredContent?: Record<string, unknown>;
  isError?: boolean;
}
interface CallOptions {
  signal?: AbortSignal;
  onprogress?: (progress: { progress: number; total?: number }) => void;
}
interface Peer {
  call(name: string, args?: Record<string, unknown>, options?: CallOptions): Promise<ToolResult>;
  protocol(): string | undefined;
  tools(): Promise<
    { name: string; title?: string; outputSchema?: unknown; annotations?: { readOnlyHint?: boolean } }[]
  >;
  readText(uri: string): Promise<string>;
  logs: string[];
  close(): Promise<void>;
}
type NameAnswer = { action: 'accept'; content: { name: string } } | { action: 'decline' };

const INFO = { name: 'spec', version: '1' };
const ABILITIES = { elicitation: { form: {} } };

async function openNew(url: string, mode: 'auto' | 'legacy', name: NameAnswer): Promise<Peer> {
  const client = new Client(INFO, { capabilities: ABILITIES, versionNegotiation: { mode } });
  const logs: string[] = [];
  client.setRequestHandler('elicitation/create', async () => name);
  client.setNotificationHandler('notifications/message', (note) => void logs.push(String(note.params.data)));
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  return {
    call: async (tool, args = {}, options) =>
      (await client.callTool({ name: tool, arguments: args }, options)) as ToolResult,
    protocol: () => client.getNegotiatedProtocolVersion(),
    tools: async () => (await client.listTools()).tools,
    readText: async (uri) => textOf((await client.readResource({ uri })).contents[0]),
    logs,
    close: () => client.close(),
  };
}

async function openOld(url: string, name: NameAnswer): Promise<Peer> {
  const client = new OldClient(INFO, { capabilities: ABILITIES });
  const logs: string[] = [];
  client.setRequestHandler(ElicitRequestSchema, async () => name);
  client.setNotificationHandler(LoggingMessageNotificationSchema, (note) => void logs.push(String(note.params.data)));
  const transport = new OldTransport(new URL(url));
  await client.connect(transport);
  const protocol = transport.protocolVersion;
  return {
    call: async (tool, args = {}, options) =>
      (await client.callTool({ name: tool, arguments: args }, undefined, options)) as ToolResult,
    protocol: () => protocol,
    tools: async () => (await client.listTools()).tools,
    readText: async (uri) => textOf((await client.readResource({ uri })).contents[0]),
    logs,
    close: async () => {
      await transport.terminateSession();
      await client.close();
    },
  };
}

function textOf(contents: object | undefined): string {
  if (contents && 'text' in contents) return String(contents.text);
  if (contents && 'blob' in contents) return Buffer.from(String(contents.blob), 'base64').toString('latin1');
  throw new Error('Neither text nor blob');
}

const ADA: NameAnswer = { action: 'accept', content: { name: 'Ada' } };
const PEERS = [
  {
    peer: 'SDK 2 in the 2026 era',
    version: '2026-07-28',
    open: (url: string, name: NameAnswer = ADA) => openNew(url, 'auto', name),
  },
  {
    peer: 'SDK 2 in the 2025 era',
    version: '2025-11-25',
    open: (url: string, name: NameAnswer = ADA) => openNew(url, 'legacy', name),
  },
  { peer: 'SDK 1', version: '2025-11-25', open: (url: string, name: NameAnswer = ADA) => openOld(url, name) },
];

let demo: DemoHttp;
beforeAll(async () => {
  demo = await startDemoHttp({ port: 0 });
});
afterAll(() => demo.close());

describe.each(PEERS)('the demo server with $peer', ({ open, version }) => {
  let peer: Peer;
  beforeAll(async () => {
    peer = await open(demo.url);
  });
  afterAll(() => peer.close());

  test('negotiates the version and lists described tools', async () => {
    expect(peer.protocol()).toBe(version);
    const tools = await peer.tools();
    expect(tools.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'query_signups',
        'fetch_traffic',
        'analyze_signups',
        'write_report',
        'ask_name',
        'slow_count',
      ]),
    );
    for (const tool of tools) expect(tool.title).toBeTruthy();
    expect(tools.filter(({ annotations }) => annotations?.readOnlyHint === false).map(({ name }) => name)).toEqual([
      'write_report',
      'create_note',
      'delete_note',
      'send_welcome_email',
      'flaky',
    ]);
  });

  test('gives a week of signups that is never empty, with as many rows as it says', async () => {
    const { structuredContent } = await peer.call('query_signups');
    expect(structuredContent?.total).toBeGreaterThan(20);
    expect(structuredContent?.rows).toHaveLength(Number(structuredContent?.total));
    expect(await peer.call('query_signups', { days: 30, plan: 'pro', limit: 3 })).toMatchObject({
      structuredContent: { rows: [{ plan: 'pro' }, { plan: 'pro' }, { plan: 'pro' }] },
    });
  });

  test('refuses arguments that its schema forbids', async () => {
    const result = await peer.call('query_signups', { days: 0 }).catch((error: unknown) => error);
    expect(result instanceof Error || (result as ToolResult).isError).toBe(true);
  });

  test('keeps notes and counts what was written, by tag', async () => {
    const tag = `notes ${version} ${Math.random()}`;
    const created = await peer.call('create_note', { text: 'buy milk', tag });
    const { note } = created.structuredContent as { note: { id: number } };
    expect(await peer.call('list_notes')).toMatchObject({
      structuredContent: {
        notes: expect.arrayContaining([expect.objectContaining({ id: note.id, text: 'buy milk' })]) as unknown,
      },
    });
    await peer.call('delete_note', { id: note.id, tag });
    expect(await peer.call('delete_note', { id: note.id, tag })).toMatchObject({ isError: true });
    await peer.call('send_welcome_email', { email: 'ada@example.com', tag });
    expect((await peer.call('count_effects', { tag })).structuredContent).toMatchObject({
      total: 3,
      by_tag: { [tag]: 3 },
    });
  });

  test('reports progress while it counts', async () => {
    const seen: number[] = [];
    const result = await peer.call(
      'slow_count',
      { seconds: 0.2 },
      { onprogress: ({ progress }) => seen.push(progress) },
    );
    expect(result.structuredContent).toEqual({ steps: 2 });
    expect(seen).toEqual([1, 2]);
  });

  test('stops counting when the call is cancelled', async () => {
    const stops = () => demo.demo.state.log.filter((line) => line.includes('slow_count stopped')).length;
    const before = stops();
    const cancel = new AbortController();
    const call = peer.call('slow_count', { seconds: 100 }, { signal: cancel.signal, onprogress: () => cancel.abort() });
    await expect(call).rejects.toThrow();
    const deadline = Date.now() + 5000;
    while (stops() === before && Date.now() < deadline) await new Promise((resolve) => setImmediate(resolve));
    expect(stops()).toBe(before + 1);
  });

  test('fails where it should, and once only where it is flaky', async () => {
    expect(await peer.call('fail_always')).toMatchObject({ isError: true });
    const key = `key ${Math.random()}`;
    expect(await peer.call('flaky', { key })).toMatchObject({ isError: true });
    expect(await peer.call('flaky', { key })).toMatchObject({ structuredContent: { key } });
  });

  test('asks for a name and takes yes and no for an answer', async () => {
    expect((await peer.call('ask_name')).structuredContent).toEqual({ action: 'accept', name: 'Ada' });
    const shy = await open(demo.url, { action: 'decline' });
    expect((await shy.call('ask_name')).structuredContent).toEqual({ action: 'decline' });
    await shy.close();
  });

  test('gives an image, audio, a long text and a link that can be read', async () => {
    const [, image] = (await peer.call('make_image')).content;
    expect(
      Buffer.from(image?.data ?? '', 'base64')
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
    const [, audio] = (await peer.call('make_audio')).content;
    expect(
      Buffer.from(audio?.data ?? '', 'base64')
        .subarray(8, 12)
        .toString(),
    ).toBe('WAVE');
    const [long] = (await peer.call('big_result')).content;
    expect(long?.text?.length).toBe(40 * 1024);
    const link = (await peer.call('read_log')).content.find(({ type }) => type === 'resource_link');
    expect(await peer.readText(link?.uri ?? '')).toContain('query_signups');
    expect(await peer.readText('demo://data/signups.csv')).toMatch(/^id,created_at,plan,country,source\nsu_/);
  });
});

test('a 2025-era client hears the log of its call', async () => {
  const peer = await openOld(demo.url, ADA);
  await peer.call('fetch_traffic');
  expect(peer.logs.join()).toMatch(/read \d+ visits/);
  await peer.close();
});

test('old sessions are bounded: an idle one leaves, a full house says so', async () => {
  const small = await startDemoHttp({ port: 0, sessionLimits: { most: 2, idleMs: 60_000 } });
  const initialize = () =>
    fetch(small.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'initialize',
        params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: INFO },
      }),
    });
  const first = await initialize();
  await first.text();
  for (let round = 0; round < 4; round += 1) await (await initialize()).text();
  expect(small.sessions.count).toBe(2);

  const forgotten = await fetch(small.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-session-id': first.headers.get('mcp-session-id') ?? '',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'tools/list' }),
  });
  expect(forgotten.status).toBe(404);
  await small.close();
});

test.each([
  ['a foreign host', { host: 'evil.example' }, 403],
  ['a foreign origin', { origin: 'https://evil.example' }, 403],
  ['a body that is not JSON', { 'content-type': 'application/json' }, 400],
  ['another content type', { 'content-type': 'text/plain' }, 415],
])('%s is refused', async (_case, headers, status) => {
  const { request } = await import('node:http');
  const answered = await new Promise<number | undefined>((resolve, reject) => {
    const call = request(demo.url, { method: 'POST', headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    call.once('error', reject).end('{not json');
  });
  expect(answered).toBe(status);
});

test('a body that is too large is refused with an answer', async () => {
  const response = await fetch(demo.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: `"${'x'.repeat(5 * 1024 * 1024)}"`,
  });
  expect(response.status).toBe(413);
});

test('a taken port gives way to the next one', async () => {
  const taken = Number(new URL(demo.url).port);
  const second = await startDemoHttp({ port: taken });
  const port = Number(new URL(second.url).port);
  expect(port).toBeGreaterThan(taken);
  expect(port).toBeLessThanOrEqual(taken + 50);
  await second.close();
});
