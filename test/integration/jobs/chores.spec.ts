import pg from 'pg';
import { readConfig } from '../../../src/platform/config/config.js';
import { Database } from '../../../src/platform/database/database.js';
import { toDriverOptions } from '../../../src/platform/database/connection.js';
import { Chore } from '../../../src/platform/jobs/chore.js';
import { Chores } from '../../../src/platform/jobs/chores.js';
import { Jobs } from '../../../src/platform/jobs/jobs.js';
import { createLogger } from '../../../src/platform/logging/logger.js';
import { openDatabase, type OpenDatabase } from '../../../src/start/open-database.js';
import { toUrl } from '../../support/chaos/database-url.js';
import { createTestDatabase, type TestDatabase } from '../../support/databases.js';

const HOUR_MS = 3_600_000;

class Failing extends Chore {
  readonly name = 'tests.fail';
  readonly everyMs = 24 * HOUR_MS;

  async run(): Promise<undefined> {
    throw new Error('The folder is not there.');
  }
}

describe('a chore', () => {
  const logger = createLogger(readConfig({ LOG_LEVEL: 'silent' }).log);
  let place: TestDatabase;
  let opened: OpenDatabase;
  let client: pg.Client;
  let chores: Chores;

  beforeAll(async () => {
    place = await createTestDatabase();
    opened = await openDatabase(readConfig({ NODE_ENV: 'test', DATABASE_URL: toUrl(place.connection) }), logger);
    client = new pg.Client(toDriverOptions(place.connection).pg);
    await client.connect();
    const discovery = { getProviders: () => [{ instance: new Failing() }] };
    chores = new Chores(discovery as never, new Jobs(new Database(opened.dataSource)), logger);
  });
  afterEach(async () => {
    await client.query('delete from graphile_worker._private_jobs');
  });
  afterAll(async () => {
    await client.end();
    await opened.close();
    await place.drop();
  });

  const planned = async () => {
    const { rows } = await client.query<{ key: string | null; in_ms: number; attempts: number }>(
      `select key, attempts, extract(epoch from run_at - now())::float8 * 1000 as in_ms
       from graphile_worker._private_jobs order by id`,
    );
    return rows;
  };

  it('that fails is planned again, soon and without end: nobody restarts a process because a disk was full', async () => {
    await chores.run({ name: 'tests.fail' }, { signal: new AbortController().signal });
    const [next, ...others] = await planned();
    expect(others).toEqual([]);
    expect(next).toMatchObject({ key: 'chore:tests.fail', attempts: 0 });
    expect(next?.in_ms).toBeGreaterThan(60_000);
    expect(next?.in_ms).toBeLessThan(HOUR_MS);
  });

  it('that a stopping process cuts short is handed over', async () => {
    await expect(chores.run({ name: 'tests.fail' }, { signal: AbortSignal.abort() })).rejects.toThrow('not there');
    expect(await planned()).toEqual([]);
  });

  it('that is under way is not begun a second time because another process starts', async () => {
    await chores.onApplicationBootstrap();
    await client.query(
      `update graphile_worker._private_jobs set locked_by = 'somebody', locked_at = now(), attempts = 1`,
    );
    await chores.onApplicationBootstrap();
    expect(await planned()).toHaveLength(1);
  });

  it('that an earlier version gave up is begun again by the next process that starts', async () => {
    await chores.onApplicationBootstrap();
    await client.query('update graphile_worker._private_jobs set attempts = max_attempts');
    await chores.onApplicationBootstrap();
    expect(await planned()).toContainEqual(expect.objectContaining({ key: 'chore:tests.fail', attempts: 0 }));
  });
});
