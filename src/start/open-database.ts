import { join } from 'node:path';
import { Logger as WorkerLogger, runMigrations } from 'graphile-worker';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { ENTITIES, MIGRATIONS } from '../migrations.js';
import type { Config } from '../platform/config/config.js';
import { type DatabaseConnection, toDriverOptions } from '../platform/database/connection.js';
import { createDataSource, migrate } from '../platform/database/data-source.js';
import { startEmbeddedPostgres } from '../platform/database/embedded/embedded-postgres.js';
import type { Logger } from '../platform/logging/logger.js';

export interface OpenDatabase {
  connection: DatabaseConnection;
  dataSource: DataSource;
  close(): Promise<void>;
}

/** How long a database that is still starting, or has no connection left, is waited for. */
const WAIT_MS = 60_000;
const WATCH_MS = 1_000;

/** Connects to the given PostgreSQL or starts the embedded one, and brings its tables up to date, or leaves them. */
export async function openDatabase(config: Config, logger: Logger, { asItIs = false } = {}): Promise<OpenDatabase> {
  const place = await findPlace(config, logger);
  let closing = false;
  const dataSource = createDataSource({
    connection: place.connection,
    pool: config.database.pool,
    entities: ENTITIES,
    migrations: MIGRATIONS,
    ...(asItIs ? { name: 'switchyard command' } : {}),
    onPoolError: (error) => {
      // One that we let go of may still hear that the server stops after it.
      if (!closing) logger.warn({ reason: error.message }, 'a database connection was lost');
    },
  });
  await patiently(logger, () => dataSource.initialize());
  if (!asItIs) await patiently(logger, () => bringUpToDate({ connection: place.connection, dataSource }));
  return {
    connection: place.connection,
    dataSource,
    close: async () => {
      closing = true;
      if (dataSource.isInitialized) await dataSource.destroy();
      await place.stop();
    },
  };
}

export async function bringUpToDate({ connection, dataSource }: Omit<OpenDatabase, 'close'>): Promise<void> {
  await migrate(dataSource);
  await migrateJobs(connection);
}

async function findPlace(config: Config, logger: Logger) {
  const { url } = config.database;
  if (url !== undefined) return { connection: { url }, stop: async () => undefined };
  const server = await startEmbeddedPostgres({
    dataDirectory: join(config.dataDirectory, 'postgres'),
    log: (message) => logger.info({}, message),
  });
  // Another process may own the server: when it goes, this one starts its own on the same folder.
  const watch = setInterval(() => {
    server.ensureRunning().catch((error: Error) => logger.warn({ reason: error.message }, 'no embedded database'));
  }, WATCH_MS);
  return {
    connection: server.connection,
    stop: async () => {
      clearInterval(watch);
      await server.stop();
    },
  };
}

async function patiently(logger: Logger, work: () => Promise<unknown>): Promise<void> {
  const giveUpAt = performance.now() + WAIT_MS;
  for (let delay = 250; ; delay = Math.min(delay * 2, 4_000)) {
    try {
      await work();
      return;
    } catch (error) {
      if (performance.now() + delay > giveUpAt || !isPassing(error)) throw error;
      logger.warn({ reason: (error as Error).message }, 'waiting for the database');
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }
}

/** 57P03 it starts or stops; 53300 all connections are taken, maybe by a process that was killed a moment ago. */
const PASSING = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENOENT', '57P03', '53300']);

const isPassing = (error: unknown): boolean => PASSING.has((error as { code?: string }).code ?? '');

export async function migrateJobs(connection: DatabaseConnection): Promise<void> {
  const pool = new pg.Pool({ ...toDriverOptions(connection).pg, max: 2 });
  // A connection that breaks fails the query on it, which is told.
  const ignore = () => undefined;
  pool.on('error', ignore).on('connect', (client) => client.on('error', ignore));
  try {
    await runMigrations({ pgPool: pool, logger: new WorkerLogger(() => () => undefined) });
  } finally {
    await pool.end();
  }
}
