import { Client } from 'pg';
import { type DatabaseConnection, toDriverOptions } from '../../src/platform/database/connection.js';
import { createTestDatabase, type TestDatabase, testServer } from './databases.js';

/** One for each worker of a run: a template must have nobody connected to it while it is copied. */
const NAME = `template_${process.ppid}_${process.env.JEST_WORKER_ID ?? '0'}`;

/** @returns the name of a database that `migrate` has brought up to date, made once in each worker of a run */
export async function createMigratedTemplate(migrate: (database: TestDatabase) => Promise<void>): Promise<string> {
  if (await exists(NAME)) return NAME;
  const draft = await createTestDatabase();
  await migrate(draft);
  await administer(`alter database "${nameOf(draft.connection)}" rename to "${NAME}"`);
  return NAME;
}

function nameOf(connection: DatabaseConnection): string {
  return 'url' in connection ? new URL(connection.url).pathname.slice(1) : connection.database;
}

async function exists(name: string): Promise<boolean> {
  const found = await administer(`select 1 from pg_database where datname = '${name}'`);
  return found > 0;
}

async function administer(statement: string): Promise<number> {
  const client = new Client({ ...toDriverOptions(testServer()).pg, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    return (await client.query(statement)).rowCount ?? 0;
  } finally {
    await client.end();
  }
}
