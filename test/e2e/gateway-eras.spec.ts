import { startTestApp, type TestApp } from '../support/app.js';
import { CLIENTS, type ConnectEra, type EraClient } from '../support/eras/clients.js';
import { EraTable, TRIES } from '../support/eras/table.js';
import { makeKey } from '../support/api-keys.js';
import {
  type ConformanceUpstream,
  startConformanceUpstream,
  type UpstreamEra,
} from '../support/upstreams/conformance-upstream.js';

const SERVERS: readonly [string, UpstreamEra, Record<string, unknown>][] = [
  ['2024-11-05, HTTP with SSE', 'sse', { transport: 'sse' }],
  ['2025-11-25', 'legacy', {}],
  ['2026-07-28', 'modern', {}],
];
const PAIRS = Object.entries(CLIENTS).flatMap(([revision, connect]) =>
  SERVERS.map(([name, era]): [string, string, UpstreamEra, ConnectEra] => [revision, name, era, connect]),
);

const table = new EraTable();
const upstreams = new Map<UpstreamEra, ConformanceUpstream>();
const places = new Map<UpstreamEra, string>();
let app: TestApp;
let headers: Record<string, string>;

beforeAll(async () => {
  app = await startTestApp();
  const ada = await app.signIn();
  for (const [name, era, fields] of SERVERS) {
    const upstream = await startConformanceUpstream(era);
    upstreams.set(era, upstream);
    const server = await app.addServer(ada, upstream.url, { name, approval_policy: 'auto_approve', ...fields });
    places.set(era, `${app.url}/mcp/s/${server.id}`);
  }
  headers = (await makeKey(ada)).headers;
}, 90_000);
afterAll(async () => {
  process.stdout.write(`\n${table.toString()}\n\n`);
  await app.stop();
  await Promise.all([...upstreams.values()].map((upstream) => upstream.stop()));
});

describe.each(PAIRS)('a client of %s before a server of %s', (revision, name, era, connect) => {
  const row = `${revision} → ${name}`;
  let client: EraClient;

  beforeAll(async () => {
    client = await connect({ url: places.get(era) ?? '', headers });
  });
  afterAll(() => client.close());

  test('speaks its own era', () => expect(client.version).toBe(revision));

  test.each(Object.entries(TRIES))('%s', (what, attempt) => {
    const upstream = upstreams.get(era);
    if (!upstream) throw new Error(`No server of ${era} was started.`);
    return table.note(row, what, () => attempt(client, upstream));
  });
});
