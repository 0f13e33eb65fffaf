import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/app.js';
import { PersonApi } from '../support/chaos/api.js';
import { AppProcess } from '../support/chaos/app-process.js';
import { createTestDatabase, type TestDatabase, toUrl } from '../support/chaos/database-url.js';
import { type RoundRobin, startRoundRobin } from '../support/cluster/round-robin.js';
import { startRedis, type TestRedis } from '../support/cluster/test-redis.js';
import { CLIENTS, type EraClient } from '../support/eras/clients.js';
import { TRIES } from '../support/eras/table.js';
import { type ConformanceUpstream, startConformanceUpstream } from '../support/upstreams/conformance-upstream.js';

const TEXT = 'This is a simple text response for testing.';
const CALLS = 20;

describe('the gateway as two processes behind a round robin', () => {
  let folder: string;
  let redis: TestRedis;
  let database: TestDatabase;
  let apps: AppProcess[];
  let proxy: RoundRobin;
  let upstream: ConformanceUpstream;
  let place: { url: string; headers: Record<string, string> };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'switchyard-gateway-'));
    [redis, database, upstream] = await Promise.all([startRedis(), createTestDatabase(), startConformanceUpstream()]);
    const settings = { DATA_DIR: folder, DATABASE_URL: toUrl(database.connection), ...redis.settings };
    apps = await Promise.all([AppProcess.prepare(settings), AppProcess.prepare(settings)]);
    for (const app of apps) await app.start();
    proxy = await startRoundRobin(apps.map(({ url }) => url));
    const person = new PersonApi(() => apps[0]?.url ?? '');
    await person.signIn('gateway@example.com');
    const id = await person.addServer(upstream.url, { name: 'Everything', approval_policy: 'auto_approve' });
    const key = await person.makeKey(['mcp:read', 'mcp:execute']);
    place = { url: `${proxy.url}/mcp/s/${id}`, headers: { authorization: `Bearer ${key}` } };
  }, 120_000);
  afterAll(async () => {
    await proxy.close();
    await Promise.all(apps.filter(({ isRunning }) => isRunning).map((app) => app.end('SIGTERM')));
    await upstream.stop();
    await redis.end();
    await database.drop();
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }, 60_000);

  async function meet(revision: string): Promise<EraClient> {
    const connect = CLIENTS[revision];
    if (!connect) throw new Error(`There is no client of ${revision}.`);
    return connect(place);
  }

  describe.each(Object.keys(CLIENTS))('serves a client of %s wherever its requests land:', (revision) => {
    let client: EraClient;
    beforeAll(async () => {
      client = await meet(revision);
    });
    afterAll(() => client.close());

    test('calls', async () => {
      const before = proxy.given();
      for (let call = 0; call < CALLS; call += 1) expect(await client.call('test_simple_text', {})).toBe(TEXT);
      const served = proxy.given().map((count, index) => count - (before[index] ?? 0));
      expect(Math.min(...served)).toBeGreaterThanOrEqual(CALLS / 4);
    });

    test.each(Object.entries(TRIES))('%s', (_name, attempt) => attempt(client, upstream));
  });

  test('a session ends for both when its client says so', async () => {
    const client = await meet('2025-06-18');
    await client.close();
    await expect(client.call('test_simple_text', {})).rejects.toThrow('404');
    await expect(client.call('test_simple_text', {})).rejects.toThrow('404');
  });

  test('the death of one process is unseen in the newer era; an older session goes on, or is told to begin anew', async () => {
    const modern = await meet('2026-07-28');
    const legacy = await Promise.all(Array.from({ length: 6 }, () => meet('2025-06-18')));
    await apps[1]?.end('SIGKILL');

    for (let call = 0; call < CALLS; call += 1) expect(await modern.call('test_simple_text', {})).toBe(TEXT);
    const outcomes = await Promise.all(legacy.map((client) => outcomeOf(client)));
    expect(outcomes.filter((outcome) => outcome !== 'goes on' && outcome !== 'begins anew')).toEqual([]);
    await Promise.all([modern, ...legacy].map((client) => client.close().catch(() => undefined)));
  }, 60_000);

  /** As a client does that follows the protocol: 404 means a new session, and nothing else does. */
  async function outcomeOf(client: EraClient): Promise<string> {
    const tried = await client.call('test_simple_text', {}).catch((error: Error) => error.message);
    if (tried === TEXT) return 'goes on';
    if (!tried.includes('404')) return tried;
    const again = await eventually(
      () => meet('2025-06-18').catch(() => undefined),
      (found) => found !== undefined,
    );
    const text = await again?.call('test_simple_text', {});
    await again?.close();
    return text === TEXT ? 'begins anew' : `Then: ${text}`;
  }
});
