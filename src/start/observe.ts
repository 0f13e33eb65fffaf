import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { MIGRATIONS } from '../migrations.js';
import type { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import { Readiness } from '../platform/health/readiness.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { describeProcess } from '../platform/metrics/process-metrics.js';
import { productVersion } from '../surfaces/client/product-version.js';
import { type MetricsServer, serveMetrics } from '../surfaces/operations/metrics-server.js';

/** Makes the process visible: what readiness asks of the database, numbers of the process, their own port. */
export async function startObserving(app: NestFastifyApplication, config: Config): Promise<MetricsServer | undefined> {
  const [database, source, metrics] = [app.get(Database), app.get(DataSource), app.get(Metrics)];
  const readiness = app.get(Readiness);
  readiness.add('database', async () => {
    await database.sql('select 1');
  });
  readiness.add('migrations', () => checkMigrations(database));

  const { port, host, token } = config.metrics;
  if (port === undefined && token === undefined) return undefined;
  describeProcess(metrics, { source, database, facts: { version: productVersion(), role: config.role } });
  return port === undefined ? undefined : serveMetrics(metrics, { host, port, token });
}

/** Newer ones than ours are fine: the next version may be starting beside us. */
async function checkMigrations(database: Database): Promise<void> {
  const rows = await database.sql<{ name: string }>('select name from migrations');
  const done = new Set(rows.map(({ name }) => name));
  const missing = MIGRATIONS.filter(({ name }) => !done.has(name));
  if (missing.length > 0) throw new Error(`Tables are behind by ${missing.map(({ name }) => name).join(', ')}.`);
}
