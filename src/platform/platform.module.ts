import { type DynamicModule, Global, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from './clock.js';
import type { Config } from './config/config.js';
import { Keyring } from './crypto/keyring.js';
import { SecretBox } from './crypto/secret-box.js';
import type { DatabaseConnection } from './database/connection.js';
import { Database } from './database/database.js';
import { Hints } from './hints/hints.js';
import { NotifyCarrier } from './hints/notify-carrier.js';
import { RedisCarrier } from './hints/redis-carrier.js';
import { Idempotency } from './idempotency/idempotency.js';
import { Claims } from './jobs/claims.js';
import { Jobs } from './jobs/jobs.js';
import { Lifecycle } from './lifecycle.js';
import { Logger } from './logging/logger.js';
import { Readiness } from './health/readiness.js';
import { Metrics } from './metrics/metrics.js';
import { RedisLink } from './redis/redis-link.js';
import { CONFIG, CONNECTION, ORIGIN, type Origin, PROCESS_ID, REDIS } from './tokens.js';
import { NO_TRACING, Tracing } from './tracing/tracing.js';

/** What was made before Nest, because it can fail in ways that deserve a plain word on the terminal. */
export interface PlatformParts {
  config: Config;
  connection: DatabaseConnection;
  dataSource: DataSource;
  keyring: Keyring;
  logger: Logger;
  /** Absent: nothing is traced. */
  tracing?: Tracing;
  processId: string;
  origin: Origin;
  clock: Clock;
}

@Global()
@Module({})
export class PlatformModule {
  static with(parts: PlatformParts): DynamicModule {
    const database = new Database(parts.dataSource);
    const lifecycle = new Lifecycle();
    const redis = openRedis(parts);
    const { tracing = NO_TRACING } = parts;
    const providers = [
      { provide: CONFIG, useValue: parts.config },
      { provide: CONNECTION, useValue: parts.connection },
      { provide: PROCESS_ID, useValue: parts.processId },
      { provide: ORIGIN, useValue: parts.origin },
      { provide: Clock, useValue: parts.clock },
      { provide: DataSource, useValue: parts.dataSource },
      { provide: Database, useValue: database },
      { provide: REDIS, useValue: redis },
      { provide: Hints, useValue: new Hints(chooseCarrier(parts, redis), parts.logger) },
      { provide: Jobs, useValue: new Jobs(database, tracing) },
      { provide: Claims, useValue: new Claims(database, parts.processId) },
      { provide: Idempotency, useValue: new Idempotency(database, parts.clock) },
      { provide: Keyring, useValue: parts.keyring },
      { provide: SecretBox, useValue: new SecretBox(parts.keyring) },
      { provide: Lifecycle, useValue: lifecycle },
      { provide: Metrics, useValue: new Metrics() },
      { provide: Readiness, useValue: new Readiness(lifecycle, parts.logger) },
      { provide: Logger, useValue: parts.logger },
      { provide: Tracing, useValue: tracing },
    ];
    return { module: PlatformModule, providers, exports: providers.map(({ provide }) => provide) };
  }
}

const openRedis = ({ config: { redis }, logger }: PlatformParts): RedisLink | null =>
  redis.url === undefined ? null : new RedisLink({ url: redis.url, name: 'switchyard', logger });

function chooseCarrier(
  { config: { redis }, connection, processId, logger }: PlatformParts,
  commands: RedisLink | null,
) {
  if (redis.url === undefined || !commands) return new NotifyCarrier(connection, processId, logger);
  return new RedisCarrier({ commands, url: redis.url, prefix: redis.prefix, processId, logger });
}
