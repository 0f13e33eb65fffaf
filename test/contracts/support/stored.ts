import { Client as Postgres } from 'pg';
import { type DatabaseConnection, toDriverOptions } from '../../../src/platform/database/connection.js';
import { createTestDatabase } from '../../support/databases.js';

export interface Stored {
  /** For DATABASE_URL. */
  url: string;
  sql: (query: string, parameters?: unknown[]) => Promise<Record<string, unknown>[]>;
  drop: () => Promise<void>;
}

/** A database whose rows a test may look at: what no client can see. */
export async function createStored(): Promise<Stored> {
  const { connection, drop } = await createTestDatabase();
  const postgres = new Postgres(toDriverOptions(connection).pg);
  await postgres.connect();
  return {
    url: urlOf(connection),
    sql: async (query, parameters = []) => (await postgres.query<Record<string, unknown>>(query, parameters)).rows,
    drop: async () => {
      await postgres.end();
      await drop();
    },
  };
}

function urlOf(connection: DatabaseConnection): string {
  if ('url' in connection) return connection.url;
  const { host, port, user, password, database } = connection;
  const [name, secret, place] = [user, password, host].map(encodeURIComponent);
  return `postgres://${name}:${secret}@${place}:${port}/${database}`;
}
