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
import { STAGING } from './backup/swap-schema.js';
import { databaseFault, isKnownFault } from './database-fault.js';
import { makeFolder } from './folders.js';

export interface OpenDatabase {
  connection: DatabaseConnection;
  dataSource: DataSource;
  close(): Promise<void>;
}

/** How long a database that is still starting, or has no connection left, is waited for; a person waits for commands. */
const WAIT_MS = 60_000;
const COMMAND_WAIT_MS = 10_000;
const WATCH_MS = 1_000;

interface OpenOptions {
  /** For a command: the tables are left as they are. */
  asItIs?: boolean;
  /** Milliseconds until it is given up. */
  waitMs?: number;
}

/**
 * Connects to the given PostgreSQL or starts the embedded one, and brings its tables up to date, or leaves them.
 * @throws AppError DATABASE_UNUSABLE, FOLDER_UNUSABLE, EMBEDDED_POSTGRES_…, each saying what to do
 */
export async function openDatabase(config: Config, logger: Logger, options: OpenOptions = {}): Promise<OpenDatabase> {
  const { asItIs = false, waitMs = asItIs ? COMMAND_WAIT_MS : WAIT_MS } = options;
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
  const opened = {
    connection: place.connection,
    dataSource,
    close: async () => {
      closing = true;
      if (dataSource.isInitialized) await dataSource.destroy();
      await place.stop();
    },
  };
  const giveUpAt = performance.now() + waitMs;
  try {
    await patiently({ logger, giveUpAt }, () => dataSource.initialize());
    if (!asItIs) await patiently({ logger, giveUpAt }, () => bringUpToDate(place.connection));
    return opened;
  } catch (error) {
    const { url } = config.database;
    // Once it has let us in, what fails may be ours.
    const isOfPlace = url !== undefined && (!dataSource.isInitialized || isKnownFault(error));
    await opened.close().catch(() => undefined);
    throw isOfPlace ? databaseFault(error, url) : error;
  }
}

/** On connections of its own, which wait for as long as it takes: for another process too, that does the same. */
async function bringUpToDate(connection: DatabaseConnection): Promise<void> {
  const source = createDataSource({
    connection,
    pool: 2,
    entities: [],
    migrations: MIGRATIONS,
    silenceMs: 0,
    onPoolError: () => undefined,
  });
  await source.initialize();
  try {
    // What a restore left that was killed: one that goes on holds the lock under which we are.
    await migrate(source, async (runner) => {
      if (await runner.hasSchema(STAGING)) await runner.query(`drop schema ${STAGING} cascade`);
    });
  } finally {
    await source.destroy();
  }
  await migrateJobs(connection);
}

async function findPlace(config: Config, logger: Logger) {
  const { url } = config.database;
  if (url !== undefined) return { connection: { url }, stop: async () => undefined };
  await makeFolder(config.dataDirectory, 0o711, 'DATA_DIR');
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

interface Patience {
  logger: Logger;
  giveUpAt: number;
}

async function patiently({ logger, giveUpAt }: Patience, work: () => Promise<unknown>): Promise<void> {
  for (let delay = 250; ; delay = Math.min(delay * 2, 4_000)) {
    try {
      await work();
      return;
    } catch (error) {
      if (performance.now() + delay > giveUpAt || !isPassing(error)) throw error;
      const { message, code } = error as { message: string; code?: string };
      logger.warn({ reason: message || code }, 'waiting for the database');
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
