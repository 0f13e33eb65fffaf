import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { eventually, type Person, startTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase, toUrl } from '../support/chaos/database-url.js';

interface ServerBody {
  id: string;
  url: string;
  status: string;
  last_checked: string | null;
}

const demoOf = async (person: Person, fits: (server: ServerBody) => boolean): Promise<ServerBody> => {
  const [found] = await eventually(
    async () => (await person.call<{ servers: ServerBody[] }>('GET', '/servers')).body.servers,
    ([server]) => server?.status === 'online' && server.last_checked !== null && fits(server),
    30_000,
  );
  if (!found) throw new Error('There is no demo server.');
  return found;
};

describe('the demo server', () => {
  let database: TestDatabase;
  let folder: string;
  let place: Record<string, string>;
  let app: TestApp;
  let person: Person;
  let own: ServerBody;

  beforeAll(async () => {
    database = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'switchyard-demo-'));
    place = { DATABASE_URL: toUrl(database.connection), DATA_DIR: folder, DEMO_SERVER: 'true', DEMO_PORT: '0' };
    app = await startTestApp(place);
    person = await app.signIn();
    own = await demoOf(person, () => true);
  }, 60_000);
  afterAll(async () => {
    await app.stop();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  test('of a second process on the same database goes with it, and that of the first is back', async () => {
    const second = await startTestApp(place);
    try {
      await demoOf(person, ({ url }) => url !== own.url);
    } finally {
      await second.stop();
    }
    // Long before the check that a server has each minute.
    await demoOf(person, ({ url }) => url === own.url);
  }, 70_000);

  test('that was found away before it listened is looked at again as soon as it does', async () => {
    await app.stop();
    const client = new pg.Client(place.DATABASE_URL);
    await client.connect();
    await client.query(`update servers set status = 'offline', failures = 1`);
    await client.query(
      `update graphile_worker._private_jobs set run_at = now() + interval '1 hour' where key like 'check:%'`,
    );
    await client.end();
    app = await startTestApp({ ...place, DEMO_PORT: new URL(own.url).port });
    const again = await app.signIn(person.email);
    await demoOf(again, ({ url }) => url === own.url);
  }, 70_000);
});
