import type { RequestFilter, RequestPlace } from '../../../src/core/execution/requests.js';
import { RequestsRepository } from '../../../src/core/execution/requests.repository.js';
import { readConfig } from '../../../src/platform/config/config.js';
import { Database } from '../../../src/platform/database/database.js';
import { newId } from '../../../src/platform/ids.js';
import { createLogger } from '../../../src/platform/logging/logger.js';
import { openDatabase, type OpenDatabase } from '../../../src/start/open-database.js';
import { toUrl } from '../../support/chaos/database-url.js';
import { createTestDatabase, type TestDatabase } from '../../support/databases.js';

const ROWS = 60_000;
const IN_A_MILLISECOND = 7;
const [organizationId, userId, serverId] = [newId('org'), newId('user'), newId('mcp')];

/** A database that keeps what it is asked. */
class AskedDatabase extends Database {
  readonly asked: { text: string; values: readonly unknown[] }[] = [];

  override sql: Database['sql'] = async (text, values = [], name) => {
    this.asked.push({ text, values });
    return Database.prototype.sql.call(this, text, values, name) as never;
  };
}

describe('pages of a long request log', () => {
  let place: TestDatabase;
  let opened: OpenDatabase;
  let database: AskedDatabase;
  let requests: RequestsRepository;

  beforeAll(async () => {
    place = await createTestDatabase();
    const settings = { NODE_ENV: 'test', DATABASE_URL: toUrl(place.connection) };
    opened = await openDatabase(readConfig(settings), createLogger({ level: 'silent', format: 'json' }));
    database = new AskedDatabase(opened.dataSource);
    requests = new RequestsRepository(database);
    // One row of eleven is of another server, tool, person and outcome; several share each millisecond.
    await database.sql(
      `insert into request_log (id, organization_id, user_id, server_id, tool, status, status_code, request_bytes,
         response_bytes, artifacts, duration_ms, started_at)
       select 'log_' || md5(i::text), $1, case when i % 11 = 0 then $2 else 'user_x' end,
         case when i % 11 = 0 then $3 else 'mcp_x' end, case when i % 11 = 0 then 'rare' else 'usual' end, 'succeeded',
         case when i % 11 = 0 then 500 else 200 end, 1, 1, 0, 1,
         '2026-01-01'::timestamptz + (i / ${IN_A_MILLISECOND}) * interval '1 millisecond'
       from generate_series(0, ${ROWS - 1}) i`,
      [organizationId, userId, serverId],
    );
    await database.sql('analyze request_log');
  });
  afterAll(async () => {
    await opened.close();
    await place.drop();
  });

  const list = (filter: RequestFilter, page: { after?: RequestPlace; skip?: number; limit: number }) =>
    requests.list({ organizationId }, filter, page);

  const FILTERS: [string, RequestFilter][] = [
    ['nothing', {}],
    ['a server', { serverId }],
    ['a tool', { tool: 'rare' }],
    ['a person', { actorId: userId }],
    ['errors', { status: 'error' }],
    ['a time', { from: new Date('2026-01-01T00:00:01Z'), to: new Date('2026-01-01T00:00:06Z') }],
  ];

  test.each(FILTERS)('a page for %s reads little more than it shows', async (_name, filter) => {
    database.asked.length = 0;
    const { found } = await list(filter, { limit: 50, skip: 100 });
    expect(found).toHaveLength(50);
    const [asked] = database.asked;
    const explain = `explain (analyze, buffers, format json) ${asked?.text}`;
    const [told] = await database.sql<Explained>(explain, [...(asked?.values ?? [])]);
    const plan = told?.['QUERY PLAN'][0]?.Plan;
    const pages = (plan?.['Shared Hit Blocks'] ?? Infinity) + (plan?.['Shared Read Blocks'] ?? Infinity);
    // Each row has its own look by id; all rows would be thousands.
    expect(pages).toBeLessThan(900);
  });

  test('page after page tells each row once, newest first, also those of one millisecond', async () => {
    const seen: RequestPlace[] = [];
    let after: RequestPlace | undefined;
    for (;;) {
      const { found } = await list({ tool: 'rare' }, { limit: 200, ...(after && { after }) });
      seen.push(...found.map(({ at, id }) => ({ at, id })));
      after = seen.at(-1);
      if (found.length < 200) break;
    }
    expect(seen).toHaveLength(Math.ceil(ROWS / 11));
    const ordered = [...seen].sort((a, b) => b.at.getTime() - a.at.getTime() || (a.id < b.id ? 1 : -1));
    expect(seen).toEqual(ordered);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
  });

  test('pages that are counted off follow those that come by their place', async () => {
    const { found } = await list({}, { limit: 100 });
    const last = found[49];
    const [skipped, behind] = await Promise.all([
      list({}, { limit: 50, skip: 50 }),
      list({}, { limit: 50, ...(last && { after: { at: last.at, id: last.id } }) }),
    ]);
    expect(skipped.found).toEqual(found.slice(50));
    expect(behind.found).toEqual(found.slice(50));
  });
});

interface Explained {
  'QUERY PLAN': { Plan: { 'Shared Hit Blocks': number; 'Shared Read Blocks': number } }[];
}
