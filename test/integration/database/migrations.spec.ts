import type { DataSource, MigrationInterface } from 'typeorm';
import { MIGRATIONS } from '../../../src/migrations.js';
import { createDataSource, migrate } from '../../../src/platform/database/data-source.js';
import { createTestDatabase, type TestDatabase } from '../../support/databases.js';

/** All that a migration makes, but for the order of columns, which one that is taken back and made again does not keep. */
const SCHEMA = `
  select concat_ws(' ', 'column', table_name, column_name, udt_name, is_nullable, column_default,
                   character_maximum_length, datetime_precision) as part
    from information_schema.columns where table_schema = 'public' and table_name <> 'migrations'
  union all
  select concat_ws(' ', 'index', indexdef) from pg_indexes where schemaname = 'public' and tablename <> 'migrations'
  union all
  select concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid))
    from pg_constraint where connamespace = 'public'::regnamespace and conrelid <> 0
     and conrelid::regclass::text <> 'migrations'
  union all
  select concat_ws(' ', 'table', relname, relkind, relpersistence, reloptions)
    from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'S')
     and relname not in ('migrations', 'migrations_id_seq')
  union all
  select concat_ws(' ', 'function', oid::regprocedure, pg_get_functiondef(oid))
    from pg_proc where pronamespace = 'public'::regnamespace and prokind = 'f'
     and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e')
  union all
  select concat_ws(' ', 'trigger', pg_get_triggerdef(oid)) from pg_trigger where not tgisinternal
  order by 1`;

let place: TestDatabase;
let source: DataSource;

beforeEach(async () => {
  place = await createTestDatabase();
  source = await createDataSource({
    connection: place.connection,
    pool: 2,
    entities: [],
    migrations: MIGRATIONS,
    silenceMs: 0,
    onPoolError: () => undefined,
  }).initialize();
});
afterEach(async () => {
  await source.destroy();
  await place.drop();
});

const sql = (text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> => source.query(text, values);
const schema = async () => (await sql(SCHEMA)).map(({ part }) => part);
/** In their order. */
const all = () => MIGRATIONS.map((Migration): MigrationInterface => new Migration());
const nameOf = (migration: MigrationInterface) => migration.constructor.name;
const numberOf = (migration: MigrationInterface) => Number(/\d{13}$/.exec(nameOf(migration))?.[0]);

async function run(migration: MigrationInterface, way: 'up' | 'down'): Promise<void> {
  const runner = source.createQueryRunner();
  try {
    await runner.startTransaction();
    await migration[way](runner);
    await runner.commitTransaction();
  } finally {
    await runner.release();
  }
}

test('each migration takes back what it made, and nothing else', async () => {
  const before: unknown[][] = [];
  const migrations = all();
  for (const migration of migrations) {
    before.push(await schema());
    await run(migration, 'up');
  }
  const whole = await schema();
  for (const migration of migrations.toReversed()) {
    await run(migration, 'down');
    const [was, is] = [before.pop() ?? [], await schema()];
    const missing = was.filter((part) => !is.includes(part));
    const over = is.filter((part) => !was.includes(part));
    expect({ of: nameOf(migration), missing, over }).toEqual({ of: nameOf(migration), missing: [], over: [] });
  }
  for (const migration of migrations) await run(migration, 'up');
  expect(await schema()).toEqual(whole);
}, 120_000);

test('the newest go back and forth over what is there', async () => {
  await migrate(source);
  const whole = await schema();
  const now = new Date();
  await sql(`insert into used_call_passes (id, used_at) values ('a', $1), ('b', $1)`, [now]);
  await sql(`insert into large_hints (id, text) values ('a', 'large'), ('b', 'larger')`);
  await sql(
    `insert into oauth_clients (id, metadata, registered_at, registered_from, used_at)
     values ('unused', '{}', $1, '192.0.2.1', null), ('nobody''s', '{}', $1, null, null), ('used', '{}', $1, '192.0.2.1', $1)`,
    [now],
  );
  const clients = await sql('select * from oauth_clients order by id');
  const newest = all().filter((migration) => numberOf(migration) >= 1763703400010);
  expect(newest.map(nameOf)).toEqual(
    expect.arrayContaining(['CallPasses1763703400010', 'LargeHints1763703400110', 'UnusedClients1763703400120']),
  );
  for (let count = 0; count < newest.length; count += 1) await source.undoLastMigration({ transaction: 'each' });
  expect(await sql(`select name from migrations where timestamp >= 1763703400010`)).toEqual([]);
  expect(await sql('select * from oauth_clients order by id')).toEqual(clients);
  await migrate(source);
  expect(await schema()).toEqual(whole);
  expect(await sql('select * from oauth_clients order by id')).toEqual(clients);
  expect(
    await sql('select (select count(*) from used_call_passes) + (select count(*) from large_hints) as rows'),
  ).toEqual([{ rows: '0' }]);
}, 60_000);
