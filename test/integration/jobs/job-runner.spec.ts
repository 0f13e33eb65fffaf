import { type AddressInfo, connect, createServer } from 'node:net';
import pg from 'pg';
import { z } from 'zod';
import { readConfig } from '../../../src/platform/config/config.js';
import { Database, databaseUnavailable } from '../../../src/platform/database/database.js';
import type { DatabaseConnection } from '../../../src/platform/database/connection.js';
import { toDriverOptions } from '../../../src/platform/database/connection.js';
import { defineJob, JobHandler, type JobRun } from '../../../src/platform/jobs/job.js';
import { Metrics } from '../../../src/platform/metrics/metrics.js';
import { JobRunner } from '../../../src/platform/jobs/job-runner.js';
import { Jobs } from '../../../src/platform/jobs/jobs.js';
import { createLogger } from '../../../src/platform/logging/logger.js';
import { openDatabase, type OpenDatabase } from '../../../src/start/open-database.js';
import { toUrl } from '../../support/chaos/database-url.js';
import { createTestDatabase, type TestDatabase } from '../../support/databases.js';
import { eventually } from '../../support/app.js';

const work = defineJob({ name: 'tests.work', payload: z.object({}), attempts: 25, timeoutMs: 60_000 });

class Work extends JobHandler<Record<string, never>> {
  readonly job = work;
  runs = 0;

  constructor(private readonly during: (run: number, signal: AbortSignal) => Promise<void>) {
    super();
  }

  async run(_payload: Record<string, never>, { signal }: JobRun): Promise<void> {
    this.runs += 1;
    await this.during(this.runs, signal);
  }
}

describe('jobs', () => {
  const logger = createLogger(readConfig({ LOG_LEVEL: 'silent' }).log);
  let place: TestDatabase;
  let opened: OpenDatabase;
  let client: pg.Client;
  const runners: JobRunner[] = [];

  beforeAll(async () => {
    place = await createTestDatabase();
    opened = await openDatabase(readConfig({ NODE_ENV: 'test', DATABASE_URL: toUrl(place.connection) }), logger);
    client = new pg.Client(toDriverOptions(place.connection).pg);
    await client.connect();
  });
  afterEach(async () => {
    await Promise.all(runners.splice(0).map((runner) => runner.stop()));
    await client.query('delete from graphile_worker._private_jobs');
  });
  afterAll(async () => {
    await client.end();
    await opened.close();
    await place.drop();
  });

  async function start(handler: Work, connection: DatabaseConnection = place.connection): Promise<JobRunner> {
    const runner = new JobRunner({
      connection,
      concurrency: 2,
      processId: 'tests',
      logger,
      metrics: new Metrics(),
    });
    await runner.start([handler]);
    runners.push(runner);
    return runner;
  }

  /** A way to the database whose first connections come to nothing. */
  async function withFaults(faults: number, use: (connection: DatabaseConnection) => Promise<void>): Promise<void> {
    const { pg: options } = toDriverOptions(place.connection);
    const { host = '', port = 0 } = new pg.Client(options);
    const to = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
    let left = faults;
    const proxy = createServer((client) => {
      if (left-- > 0) return client.destroy();
      const server = connect(to);
      for (const socket of [client, server]) socket.on('error', () => socket.destroy());
      client.pipe(server).pipe(client);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const url = new URL(toUrl(place.connection));
    url.host = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    try {
      await use({ url: url.href });
      expect(left).toBeLessThan(0);
    } finally {
      proxy.close();
    }
  }

  it('are taken though the database had no connection for them at first', async () => {
    await withFaults(2, async (connection) => {
      const handler = new Work(async () => undefined);
      const runner = await start(handler, connection);
      await enqueue();
      await eventually(
        () => handler.runs,
        (runs) => runs === 1,
      );
      runners.splice(runners.indexOf(runner), 1);
      await runner.stop();
    });
  });

  const enqueue = () => new Jobs(new Database(opened.dataSource)).enqueue(work, {});

  it('whose database is away begin again as soon as it answers, not after a pause that grows with each try', async () => {
    let ended = false;
    const handler = new Work(async (run) => {
      if (run < 5) throw databaseUnavailable(new Error('away'));
      ended = true;
    });
    await start(handler);
    await enqueue();
    // The engine's own pauses would come to 82 s.
    await eventually(
      () => ended,
      (is) => is,
      15_000,
    );
    expect(handler.runs).toBe(5);
  });

  it('that a stopping process cannot end are free for the next one at once, however often they were begun', async () => {
    const handler = new Work(
      (_run, signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('cut')))),
    );
    const runner = await start(handler);
    await enqueue();
    await eventually(
      () => handler.runs,
      (runs) => runs === 1,
    );
    await client.query('update graphile_worker._private_jobs set attempts = 9');
    await runner.stop();
    const { rows } = await client.query(
      'select attempts, locked_by, run_at <= now() as due from graphile_worker._private_jobs',
    );
    expect(rows).toEqual([{ attempts: 0, locked_by: null, due: true }]);
  }, 30_000);

  it('of a process that died are begun again however often that happened: a death is no fault of the job', async () => {
    await enqueue();
    await client.query(
      `update graphile_worker._private_jobs set attempts = max_attempts, locked_by = 'a dead worker',
         locked_at = now() - interval '1 minute' where locked_by is null and attempts = 0`,
    );
    const handler = new Work(async () => undefined);
    await start(handler);
    await eventually(
      () => handler.runs,
      (runs) => runs > 0,
    );
  });
});
