import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { type DatabaseConnection, toDriverOptions } from '../../src/platform/database/connection.js';

export interface TestDatabase {
  connection: DatabaseConnection;
  /** Ends all connections to it first. */
  drop: () => Promise<void>;
}

/**
 * A database of its own on the server of this run (see `global-setup.ts`).
 * @param template a database to copy; nobody may be connected to it meanwhile
 */
export async function createTestDatabase({ template = 'template1' } = {}): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await administer(`create database "${name}" template "${template}"`);
  return {
    connection: inDatabase(testServer(), name),
    drop: () => administer(`drop database if exists "${name}" with (force)`),
  };
}

/** @throws when the suite runs without the database's global setup */
export function testServer(): DatabaseConnection {
  const given = process.env.TEST_PG;
  if (!given) throw new Error('TEST_PG is not set: this suite has no database. Run it through scripts/jest.mjs.');
  return JSON.parse(given) as DatabaseConnection;
}

function inDatabase(server: DatabaseConnection, database: string): DatabaseConnection {
  if (!('url' in server)) return { ...server, database };
  const url = new URL(server.url);
  url.pathname = `/${database}`;
  return { url: url.href };
}

async function administer(statement: string): Promise<void> {
  const client = new Client({ ...toDriverOptions(testServer()).pg, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
