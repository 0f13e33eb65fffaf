import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { MIGRATIONS } from '../migrations.js';
import type { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import { Hints } from '../platform/hints/hints.js';
import type { RedisLink } from '../platform/redis/redis-link.js';
import { REDIS } from '../platform/tokens.js';
import { Readiness } from '../platform/health/readiness.js';
import { Metrics } from '../platform/metrics/metrics.js';
import type { Logger } from '../platform/logging/logger.js';
import { NO_TRACING, type Tracing } from '../platform/tracing/tracing.js';
import { describeProcess } from '../platform/metrics/process-metrics.js';
import { productVersion } from '../platform/product-version.js';
import { addressFault } from './listen.js';
import { type MetricsServer, serveMetrics } from '../surfaces/operations/metrics-server.js';

/** Makes the process visible: what readiness asks of the database, numbers of the process, their own port. */
export async function startObserving(app: NestFastifyApplication, config: Config): Promise<MetricsServer | undefined> {
  const [database, source, metrics] = [app.get(Database), app.get(DataSource), app.get(Metrics)];
  const readiness = app.get(Readiness);
  readiness.add('database', async () => {
    await database.sql('select 1');
  });
  readiness.add('migrations', () => checkMigrations(database));

  const redis = app.get<RedisLink | null>(REDIS);
  if (redis) {
    const check = () => {
      if (!redis.isUp) throw new Error('Redis does not answer.');
    };
    readiness.add('redis', check, { needed: false });
  }
  describeHints(metrics, app.get(Hints));

  const { port, host, token } = config.metrics;
  if (port === undefined && token === undefined) return undefined;
  describeProcess(metrics, { source, database, facts: { version: productVersion(), role: config.role } });
  if (port === undefined) return undefined;
  return serveMetrics(metrics, { host, port, token }).catch((error: unknown) => {
    throw addressFault(error, { host, port, names: ['METRICS_HOST', 'METRICS_PORT'] });
  });
}

function describeHints(metrics: Metrics, hints: Hints): void {
  const gaps = metrics.counter({
    name: 'app_hints_gaps_total',
    help: 'How often hints of other processes may have been missed.',
  });
  hints.subscribeToGaps(() => gaps.inc());
  metrics.observe({ name: 'app_hints_carried', help: '1 while hints of other processes come, else 0.' }, () =>
    hints.areCarried ? 1 : 0,
  );
}

/** Loaded only where it is wanted: the SDK takes a tenth of a second. */
export async function openTracing({ tracing }: Config, processId: string, logger: Logger): Promise<Tracing> {
  const { endpoint } = tracing;
  if (endpoint === undefined) return NO_TRACING;
  const { OtelTracing } = await import('../platform/tracing/otel-tracing.js');
  return new OtelTracing({ ...tracing, endpoint, version: productVersion(), processId, logger });
}

/** Newer ones than ours are fine: the next version may be starting beside us. */
async function checkMigrations(database: Database): Promise<void> {
  const rows = await database.sql<{ name: string }>('select name from migrations');
  const done = new Set(rows.map(({ name }) => name));
  const missing = MIGRATIONS.filter(({ name }) => !done.has(name));
  if (missing.length > 0) throw new Error(`Tables are behind by ${missing.map(({ name }) => name).join(', ')}.`);
}
