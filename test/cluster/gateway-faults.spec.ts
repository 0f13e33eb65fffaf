import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/app.js';
import { PersonApi } from '../support/chaos/api.js';
import { AppProcess } from '../support/chaos/app-process.js';
import { createTestDatabase, type TestDatabase, toUrl } from '../support/chaos/database-url.js';
import { hammer, median } from '../support/gateway/hammer.js';
import { METRICS_TOKEN, settledAt } from '../support/gateway/handles.js';
import { visit } from '../support/gateway/visits.js';
import { type ConformanceUpstream, startConformanceUpstream } from '../support/upstreams/conformance-upstream.js';
import { type ManyUpstreams, startManyUpstreams } from '../support/upstreams/many-upstreams.js';

/**
 * `STRICT=1 npm run test:cluster -- test/cluster/gateway-faults` on a quiet machine; beside other tests only what waits for a
 * server that hangs is told from what does not.
 */
const SLOWER_AT_MOST = process.env.STRICT === '1' ? 1.5 : 6;
const SERVERS = 20;
const ROUNDS = 5;
const CALLS = 6_000;
const CLIENTS = 1_000;
const TOGETHER = 25;
/** Those who called last keep their connections for a while, from here as from anywhere. */
const KEPT = 2 * TOGETHER;
/** After which a call that nobody waits for any more is given up; in the older era to be gone is not to take it back. */
const TIMEOUT_S = 5;

describe('the gateway', () => {
  let folder: string;
  let database: TestDatabase;
  let app: AppProcess;
  let person: PersonApi;
  let headers: Record<string, string>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'switchyard-gateway-'));
    database = await createTestDatabase();
    app = await AppProcess.prepare({ DATA_DIR: folder, DATABASE_URL: toUrl(database.connection), METRICS_TOKEN });
    await app.start();
    person = new PersonApi(() => app.url);
    await person.signIn('gateway@example.com');
    headers = { authorization: `Bearer ${await person.makeKey(['mcp:read', 'mcp:execute'])}` };
  }, 90_000);
  afterAll(async () => {
    await app.end('SIGTERM');
    await database.drop();
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }, 60_000);

  describe('before twenty servers', () => {
    let upstreams: ManyUpstreams;

    beforeAll(async () => {
      upstreams = await startManyUpstreams();
      for (let index = 0; index < SERVERS; index += 1) {
        const fields = { name: `Many ${index}`, approval_policy: 'auto_approve', timeout: 30 };
        await person.addServer(upstreams.urlOf(index), fields);
      }
    }, 90_000);
    afterAll(() => upstreams.stop());

    test('of which ten hang, calls the others as fast as before', async () => {
      const url = `${app.url}/mcp`;
      const healthy = Array.from({ length: SERVERS / 2 }, (_, index) => `many-${index}__echo`);
      const hanging = Array.from({ length: SERVERS / 2 }, (_, index) => index + SERVERS / 2);
      const p99 = () => hammer({ url, headers, tools: healthy, calls: CALLS });
      await p99();
      const ratios: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const before = await p99();
        await upstreams.hang(hanging);
        const leaving = new AbortController();
        const stuck = hanging.flatMap((index) =>
          Array.from({ length: 5 }, () =>
            hammer({ url, headers, tools: [`many-${index}__echo`], calls: 1, signal: leaving.signal }).catch(() => 0),
          ),
        );
        ratios.push((await p99()) / before);
        leaving.abort();
        await upstreams.goOn();
        await Promise.all(stuck);
      }
      if (process.env.STRICT)
        process.stdout.write(
          `p99 beside ten that hang, by that before: ${ratios.map((one) => one.toFixed(2)).join(', ')}\n`,
        );
      expect(median(ratios)).toBeLessThanOrEqual(SLOWER_AT_MOST);
    }, 120_000);
  });

  describe('before one server', () => {
    let upstream: ConformanceUpstream;
    let url: string;

    beforeAll(async () => {
      upstream = await startConformanceUpstream();
      const id = await person.addServer(upstream.url, {
        name: 'Everything',
        approval_policy: 'auto_approve',
        timeout: TIMEOUT_S,
      });
      url = `${app.url}/mcp/s/${id}`;
    }, 30_000);
    afterAll(() => upstream.stop());

    test('keeps nothing of a thousand clients that came, called and left, however they left', async () => {
      const come = async (count: number) => {
        for (let first = 0; first < count; first += TOGETHER) {
          const visits = Array.from({ length: TOGETHER }, (_, index) =>
            visit({ url, headers, upstream }, first + index),
          );
          await Promise.all(visits);
        }
      };
      // What is taken once and kept is not what a client leaves.
      await come(CLIENTS / 2);
      const before = await settledAt(app);
      const upstreamBefore = await upstream.look();
      await come(CLIENTS);
      const after = await settledAt(app, { ...before, sockets: before.sockets + KEPT, timers: before.timers + KEPT });
      expect(after.sockets - before.sockets).toBeLessThanOrEqual(KEPT);
      expect(after.timers - before.timers).toBeLessThanOrEqual(KEPT);
      const upstreamAfter = await eventually(upstream.look, ({ held }) => held === 0);
      expect(upstreamAfter.sessions).toBeLessThanOrEqual(upstreamBefore.sessions + 1);
      expect(after.rssMiB).toBeLessThan(before.rssMiB * 1.5);
    }, 240_000);
  });
});
