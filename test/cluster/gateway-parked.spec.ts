import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PersonApi } from '../support/chaos/api.js';
import { AppProcess } from '../support/chaos/app-process.js';
import { createTestDatabase, type TestDatabase, toUrl } from '../support/chaos/database-url.js';
import { ModernProgram } from '../support/gateway/modern-program.js';
import { faultOf, questionOf } from '../support/gateway/said.js';
import { type AskingUpstream, startAskingUpstream } from '../support/upstreams/asking-upstream.js';

/** A process that is silent for so long is dead to those who wait for its parked calls. */
const SILENT_MS = 12_000;

let folder: string;
let database: TestDatabase;
let upstream: AskingUpstream;
let first: AppProcess;
let second: AppProcess;
let server: string;
let headers: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-parked-'));
  [database, upstream] = await Promise.all([createTestDatabase(), startAskingUpstream()]);
  const settings = { DATA_DIR: folder, DATABASE_URL: toUrl(database.connection) };
  [first, second] = await Promise.all([AppProcess.prepare(settings), AppProcess.prepare(settings)]);
  for (const app of [first, second]) await app.start();
  const person = new PersonApi(() => second.url);
  await person.signIn('parked@example.com');
  server = await person.addServer(upstream.url, { approval_policy: 'auto_approve' });
  headers = { authorization: `Bearer ${await person.makeKey(['mcp:read', 'mcp:execute'])}` };
}, 120_000);
afterAll(async () => {
  await Promise.all([first, second].filter(({ isRunning }) => isRunning).map((app) => app.end('SIGTERM')));
  await upstream.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}, 60_000);

const at = ({ url }: AppProcess) =>
  new ModernProgram({ url: `${url}/mcp/s/${server}`, headers }, { elicitation: { form: {} } });

describe('a client that comes back to another process with the answer to a parked call', () => {
  test.each([
    // Nobody could say any more what became of it: so much is known once the process counts as dead.
    ['SIGKILL', 'OUTCOME_UNKNOWN', SILENT_MS + 3_000],
    // It says so as it goes.
    ['SIGTERM', 'CANCELLED', 2_000],
  ] as const)(
    'is told how it ended, whose process ended by %s, and nothing is called twice',
    async (signal, code, withinMs) => {
      if (!first.isRunning) await first.start();
      const args = { label: signal };
      const back = questionOf(await at(first).call('ask', args)).accept({ word: 'blue' });
      await first.end(signal);
      const startedAt = performance.now();
      const told = await at(second).call('ask', args, back);
      expect([told.result?.isError, faultOf(told)]).toEqual([true, code]);
      expect(performance.now() - startedAt).toBeLessThan(withinMs);
      expect(faultOf(await at(second).call('ask', args, back))).toBe(code);
      expect(upstream.calls(signal)).toBe(1);
    },
    60_000,
  );
});
