import { createDataSource } from '../../../src/platform/database/data-source.js';
import { Database } from '../../../src/platform/database/database.js';
import { createTestDatabase, type TestDatabase } from '../../support/databases.js';

const SILENCE_MS = 300;

describe('a database that falls silent', () => {
  let place: TestDatabase;

  beforeAll(async () => {
    place = await createTestDatabase();
  });
  afterAll(() => place.drop());

  async function using(silenceMs: number, work: (database: Database) => Promise<void>): Promise<void> {
    const { connection } = place;
    const parts = { connection, pool: 1, entities: [], migrations: [], onPoolError: () => undefined };
    const source = await createDataSource({ ...parts, silenceMs }).initialize();
    try {
      await work(new Database(source));
    } finally {
      await source.destroy();
    }
  }

  it('is away for who asked, within the time that a statement has, and the next one gets a new connection', async () => {
    await using(SILENCE_MS, async (database) => {
      const asked = database.sql('select pg_sleep(60)');
      await expect(asked).rejects.toMatchObject({ kind: 'unavailable', code: 'DATABASE_UNAVAILABLE' });
      expect(await database.sql('select 1 as one')).toEqual([{ one: 1 }]);
    });
  });

  it('leaves nothing of a transaction, which is told', async () => {
    await using(SILENCE_MS, async (database) => {
      await database.sql('create table kept (id int)');
      const work = database.transaction(async () => {
        await database.sql('insert into kept values (1)');
        await database.sql('select pg_sleep(60)');
      });
      await expect(work).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
      expect(await database.sql('select id from kept')).toEqual([]);
    });
  });

  it('is not one in which each statement of many is quick', async () => {
    await using(SILENCE_MS, async (database) => {
      const pid = async () => (await database.sql<{ pid: number }>('select pg_backend_pid() as pid'))[0]?.pid;
      const before = await pid();
      const startedAt = performance.now();
      while (performance.now() - startedAt < 2 * SILENCE_MS) await database.sql('select pg_sleep(0.02)');
      expect(await pid()).toBe(before);
    });
  });

  it('is waited for by a migration', async () => {
    await using(0, async (database) => {
      expect(await database.sql('select pg_sleep(0.5), 1 as one')).toMatchObject([{ one: 1 }]);
    });
  });
});
