import { join } from 'node:path';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import type { ArtifactStore } from '../../core/artifacts/artifact-store.port.js';
import { ENTITIES, MIGRATIONS } from '../../migrations.js';
import type { Clock } from '../../platform/clock.js';
import type { Config } from '../../platform/config/config.js';
import { type DatabaseConnection, toDriverOptions } from '../../platform/database/connection.js';
import { createDataSource, MIGRATION_LOCK } from '../../platform/database/data-source.js';
import { Database } from '../../platform/database/database.js';
import { AppError } from '../../platform/errors/app-error.js';
import type { Logger } from '../../platform/logging/logger.js';
import { migrateJobs } from '../open-database.js';
import { prepareKeys } from '../open-keys.js';
import { backupFolder, timeInName } from './backup-files.js';
import { loadArchive } from './load-tables.js';
import type { Manifest } from './manifest.js';
import { type VerifiedBackup, verifyArchive } from './read-archive.js';
import { STAGING, swapIn } from './swap-schema.js';
import { writeBackup } from './write-backup.js';

interface RestoreParts {
  config: Config;
  connection: DatabaseConnection;
  dataSource: DataSource;
  store: ArtifactStore;
  clock: Clock;
  logger: Logger;
  file: string;
  /** Go on although no secret opens the keys of the backup. */
  withoutSecret: boolean;
  say: (line: string) => void;
}

export interface Restored {
  manifest: Manifest;
  /** Absent where there was nothing to keep. */
  restorePoint?: string;
}

/**
 * Puts a backup in the place of what is there: all of it, or nothing.
 * @throws AppError in words for the terminal
 */
export async function restoreBackup(parts: RestoreParts): Promise<Restored> {
  const { connection, file, say } = parts;
  const backup = await verifyArchive(file);
  checkVersion(backup.manifest);
  const client = new pg.Client({ ...toDriverOptions(connection).pg, application_name: 'switchyard command' });
  // A connection that breaks fails the query on it, which is told.
  client.on('error', () => undefined);
  await client.connect();
  try {
    // Whoever starts now waits with its migrations until this is over.
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await refuseWhileRunning(client);
    const target = await currentSchema(client);
    const restorePoint = (await hasPeople(client)) ? await keepWhatIsThere(parts) : undefined;
    if (restorePoint) say(`What was there is kept in ${restorePoint}`);
    try {
      await putTogether(parts, client, backup);
      await client.query('reset search_path');
      await refuseWhileRunning(client);
      await migrateJobs(connection);
      await swapIn(client, target);
    } catch (error) {
      await client.query(`drop schema if exists ${STAGING} cascade`).catch(() => undefined);
      throw error;
    }
    return { manifest: backup.manifest, ...(restorePoint ? { restorePoint } : {}) };
  } finally {
    await client.end().catch(() => undefined);
  }
}

function checkVersion({ version, migrations }: Manifest): void {
  const known = new Set(MIGRATIONS.map(({ name }) => name));
  if (migrations.every((name) => known.has(name))) return;
  throw new AppError(
    'conflict',
    'BACKUP_IS_NEWER',
    `The backup was made by version ${version}, which knows tables that this version does not. Restore it with that ` +
      'version or a newer one. Nothing was changed.',
  );
}

async function refuseWhileRunning(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query(
    `select from pg_stat_activity where datname = current_database()
       and application_name in ('switchyard', 'switchyard hints', 'switchyard jobs')`,
  );
  if (!rowCount) return;
  throw new AppError(
    'conflict',
    'STILL_RUNNING',
    'The product is running on this database. Stop all its processes first. Nothing was changed.',
  );
}

async function currentSchema(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ schema: string }>('select current_schema() as schema');
  return rows[0]?.schema ?? 'public';
}

async function hasPeople(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ found: string | null }>(`select to_regclass('users')::text as found`);
  return rows[0]?.found != null && (await client.query('select from users limit 1')).rowCount !== 0;
}

/** A backup of what is there, so that a restore can be taken back. */
async function keepWhatIsThere({ config, connection, dataSource, store }: RestoreParts): Promise<string> {
  // Of an older version, it becomes one that this version can restore.
  await dataSource.runMigrations();
  const file = join(backupFolder(config), `restore-point-${timeInName()}.tar.gz`);
  await writeBackup({ connection, store, file });
  return file;
}

/** Tables as the backup knows them, its rows, then what came since in migrations, then its keys under our secret. */
async function putTogether(parts: RestoreParts, client: pg.Client, backup: VerifiedBackup): Promise<void> {
  const { connection, store, file } = parts;
  const { manifest } = backup;
  await client.query(`drop schema if exists ${STAGING} cascade`);
  await client.query(`create schema ${STAGING}`);
  await client.query(`set search_path to ${STAGING}`);
  const then = new Set(manifest.migrations);
  await migrateStaging(
    connection,
    MIGRATIONS.filter(({ name }) => then.has(name)),
  );
  await loadArchive(client, store, { file, manifest, schema: STAGING });
  await migrateStaging(connection, MIGRATIONS, (database) => adoptKeys(parts, backup, database));
}

async function migrateStaging(
  connection: DatabaseConnection,
  migrations: typeof MIGRATIONS,
  then: (database: Database) => Promise<void> = async () => undefined,
): Promise<void> {
  const source = createDataSource({
    connection,
    pool: 2,
    entities: ENTITIES,
    migrations,
    onPoolError: () => undefined,
    name: 'switchyard command',
    schema: STAGING,
    silenceMs: 0,
  });
  await source.initialize();
  try {
    // Under our lock already.
    await source.runMigrations();
    await then(new Database(source));
  } finally {
    await source.destroy();
  }
}

async function adoptKeys(
  { config, clock, logger, withoutSecret, say }: RestoreParts,
  { manifest, secret }: VerifiedBackup,
  database: Database,
): Promise<void> {
  const former = secret ? [secret] : [];
  const keys = await prepareKeys({ config, database, clock, logger, former });
  try {
    await keys.store.open(secret ?? keys.secretOfFirstKeys);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'SECRET_KEY_UNKNOWN') throw error;
    if (!withoutSecret) throw secretIsMissing(manifest);
    await database.sql('delete from keys');
    say('The keys of the backup were given up: everybody signs in again, credentials of servers are entered again.');
  }
}

const secretIsMissing = ({ secrets }: Manifest) =>
  new AppError(
    'conflict',
    'SECRET_KEY_MISSING',
    `The keys in the backup are protected by another SECRET_KEY (fingerprint ${secrets.join(', ')}). Set that one as ` +
      'SECRET_KEY_PREVIOUS, or give it up with --without-secret: then everybody signs in again, and the credentials of ' +
      'servers have to be entered again. Nothing was changed.',
  );
