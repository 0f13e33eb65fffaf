import { DataSource, type EntitySchema, type MigrationInterface, type QueryRunner } from 'typeorm';
import { type DatabaseConnection, toDriverOptions } from './connection.js';
import { watchedClient } from './watched-client.js';

type EntityClass = abstract new () => object;
type MigrationClass = new () => MigrationInterface;

interface DataSourceParts {
  connection: DatabaseConnection;
  pool: number;
  entities: (EntityClass | EntitySchema)[];
  migrations: MigrationClass[];
  onPoolError: (error: Error) => void;
  /** How it names itself to the server. */
  name?: string;
  /** Where tables are made and looked for; unset: where the server says. */
  schema?: string;
  /** How long a statement may take until its connection is given up; 0, for migrations, is as long as it takes. */
  silenceMs?: number;
}

export function createDataSource(parts: DataSourceParts): DataSource {
  const { connection, pool, entities, migrations, onPoolError, name = 'switchyard', schema, silenceMs } = parts;
  const { pg: _, ...place } = toDriverOptions(connection);
  return new DataSource({
    type: 'postgres',
    ...place,
    entities: entities as DataSource['options']['entities'] & unknown[],
    migrations,
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'each',
    synchronize: false,
    logging: false,
    applicationName: name,
    poolErrorHandler: onPoolError,
    extra: {
      max: pool,
      connectionTimeoutMillis: 5_000,
      idleTimeoutMillis: 30_000,
      keepAlive: true,
      Client: watchedClient(silenceMs),
      ...(schema === undefined ? {} : { options: `-c search_path=${schema}` }),
    },
  });
}

/** One number for all processes that share the database: only one migrates at a time. */
export const MIGRATION_LOCK = 7_236_411;

/** @param clearUp what else nobody may do at the same time; comes first */
export async function migrate(
  source: DataSource,
  clearUp: (runner: QueryRunner) => Promise<void> = async () => undefined,
): Promise<void> {
  const runner = source.createQueryRunner();
  try {
    await runner.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await clearUp(runner);
    await source.runMigrations();
  } finally {
    await runner.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await runner.release();
  }
}
