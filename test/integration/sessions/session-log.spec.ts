import { SessionLog } from '../../../src/core/sessions/session-log.js';
import { Clock } from '../../../src/platform/clock.js';
import { readConfig } from '../../../src/platform/config/config.js';
import { Database } from '../../../src/platform/database/database.js';
import { Hints } from '../../../src/platform/hints/hints.js';
import { NotifyCarrier } from '../../../src/platform/hints/notify-carrier.js';
import { newId, type SessionId } from '../../../src/platform/ids.js';
import { createLogger } from '../../../src/platform/logging/logger.js';
import { Metrics } from '../../../src/platform/metrics/metrics.js';
import { openDatabase, type OpenDatabase } from '../../../src/start/open-database.js';
import { toUrl } from '../../support/chaos/database-url.js';
import { createTestDatabase, type TestDatabase } from '../../support/databases.js';

const titled = (title: string) => ({ type: 'session_updated' as const, payload: { title } });

describe('the log of a session', () => {
  const logger = createLogger(readConfig({ LOG_LEVEL: 'silent' }).log);
  let place: TestDatabase;
  let opened: OpenDatabase;
  let database: Database;
  let log: SessionLog;

  beforeAll(async () => {
    place = await createTestDatabase();
    opened = await openDatabase(readConfig({ NODE_ENV: 'test', DATABASE_URL: toUrl(place.connection) }), logger);
    database = new Database(opened.dataSource);
    log = freshLog();
    await database.sql(`insert into users values ('user_1', 'a@example.com', 'a', now(), now())`);
    await database.sql(`insert into organizations values ('org_1', 'Org', now())`);
  });
  afterAll(async () => {
    await opened.close();
    await place.drop();
  });

  /** As of another process: with nothing in memory. */
  function freshLog(): SessionLog {
    const carrier = new NotifyCarrier(place.connection, 'tests', logger);
    return new SessionLog(
      readConfig({ NODE_ENV: 'test' }),
      database,
      new Hints(carrier, logger),
      new Clock(),
      new Metrics(),
    );
  }

  async function newSession(): Promise<SessionId> {
    const id = newId('session');
    await database.sql(
      `insert into sessions (id, organization_id, user_id, server_id, title, created_at, updated_at)
       values ($1, 'org_1', 'user_1', 'mcp_1', 'x', now(), now())`,
      [id],
    );
    return id;
  }

  const countEvents = async (sessionId: string) =>
    (await database.sql('select 1 from session_events where session_id = $1', [sessionId])).length;

  it('goes with its session, and no other', async () => {
    const [gone, kept] = [await newSession(), await newSession()];
    for (const session of [gone, kept]) await log.append(session, [titled('a'), titled('b')]);
    await database.sql('delete from sessions where id = $1', [gone]);
    expect([await countEvents(gone), await countEvents(kept)]).toEqual([0, 2]);
  });

  it('goes with the organization of its session', async () => {
    await database.sql(`insert into organizations values ('org_2', 'Org', now())`);
    const session = await newSession();
    await log.append(session, [titled('a')]);
    await database.sql(`update sessions set organization_id = 'org_2' where id = $1`, [session]);
    await database.sql(`delete from organizations where id = 'org_2'`);
    expect(await countEvents(session)).toBe(0);
  });

  it('takes nothing for a session that does not exist', async () => {
    const nobody = newId('session');
    await expect(log.append(nobody, [titled('a')])).rejects.toThrow('does not exist');
    expect(await countEvents(nobody)).toBe(0);
  });

  it('takes nothing for a session that goes while it is written to', async () => {
    const session = await newSession();
    const deleted = database.transaction(async () => {
      await database.sql('delete from sessions where id = $1', [session]);
      await new Promise((resolve) => setImmediate(resolve));
    });
    const appended = log.append(session, [titled('a')]).then(
      () => true,
      () => false,
    );
    await Promise.all([deleted, appended]);
    expect(await countEvents(session)).toBe(0);
  });

  it('numbers what many write at once without a gap, in memory and in the table', async () => {
    const session = await newSession();
    await Promise.all(Array.from({ length: 40 }, (_, index) => log.append(session, [titled('a'), titled(`${index}`)])));
    const wanted = Array.from({ length: 80 }, (_, index) => index + 1);
    const stored = await freshLog().read(session, 0, 200);
    expect(stored.map(({ seq }) => seq)).toEqual(wanted);
    const read: number[] = [];
    for (let page = await log.read(session, 0, 30); page.length > 0; page = await log.read(session, read.length, 30)) {
      read.push(...page.map(({ seq }) => seq));
    }
    expect(read).toEqual(wanted);
  });
});
