import type { Server } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { join } from 'node:path';
import { DiscoveryService } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule, SURFACES } from '../app.module.js';
import { LanguageModels } from '../core/agent/language-models.port.js';
import { InstanceClaimService } from '../core/identity/instance-claim.service.js';
import { DemoServer } from '../core/registry/demo-server.port.js';
import { Clock } from '../platform/clock.js';
import type { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import { Hints } from '../platform/hints/hints.js';
import { Readiness } from '../platform/health/readiness.js';
import { newId } from '../platform/ids.js';
import { JobHandler } from '../platform/jobs/job.js';
import { JobRunner } from '../platform/jobs/job-runner.js';
import { Lifecycle } from '../platform/lifecycle.js';
import { createLogger, type Logger } from '../platform/logging/logger.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { Tracing } from '../platform/tracing/tracing.js';
import type { PlatformParts } from '../platform/platform.module.js';
import { PROJECT_ROOT } from '../platform/project-root.js';
import type { RedisLink } from '../platform/redis/redis-link.js';
import { REDIS } from '../platform/tokens.js';
import { Audience } from '../realtime/audience.js';
import { RawWebSocketTransport } from '../realtime/transports/raw-websocket.transport.js';
import { SocketIoAdapter } from '../realtime/transports/socket-io.adapter.js';
import { ACTIVITY_STREAM_PATH, ActivityStream } from '../surfaces/admin/activity-stream.js';
import { productVersion } from '../platform/product-version.js';
import type { MetricsServer } from '../surfaces/operations/metrics-server.js';
import { createHttpApplication } from '../surfaces/pipeline/http-application.js';
import { setupOpenApi } from '../surfaces/pipeline/openapi.js';
import { serveWebClient } from '../surfaces/web/web-client.js';
import { makeFolder } from './folders.js';
import { listen } from './listen.js';
import { openTracing, startObserving } from './observe.js';
import { openDatabase, type OpenDatabase } from './open-database.js';
import { type OpenKeys, openKeys } from './open-keys.js';

export interface RunningApplication {
  app: NestFastifyApplication;
  config: Config;
  url: string;
  /** Where METRICS_PORT asked for one. */
  metricsPort: number | undefined;
  model: string;
  demoUrl: string | undefined;
  /** For the terminal, while the instance has no administrator; a worker has no door to claim it at. */
  claimCode: string | undefined;
  movedFrom: number | undefined;
  /** Stops taking work, lets what runs end, closes everything. Twice is once. */
  stop(): Promise<void>;
}

/** Schemas of strangers hold regular expressions: one that backtracks without end goes on in linear time. */
const REGEXP_FLAG = '--enable-experimental-regexp-engine-on-excessive-backtracks';

const DEMO_WAIT_MS = 3_000;
/** How long a process that stops waits for answers under way. */
const LINGER_MS = 8_000;

/** Everything between the settings and a running product; tests start it the same way. */
export async function startApplication(config: Config, clock = new Clock()): Promise<RunningApplication> {
  setFlagsFromString(REGEXP_FLAG);
  const logger = createLogger(config.log);
  if (config.role === 'api' && config.redis.url === undefined) {
    logger.warn({}, 'ROLE=api without REDIS_URL: each api counts rate limits for itself, which is right for one alone');
  }
  await makeFolder(config.dataDirectory, 0o711, 'DATA_DIR');
  const database = await openDatabase(config, logger);
  try {
    const keys = await openKeys({ config, database: new Database(database.dataSource), clock, logger });
    return await open(config, { logger, keys, database, clock });
  } catch (error) {
    await database.close();
    throw error;
  }
}

interface Opened {
  logger: Logger;
  keys: OpenKeys;
  database: OpenDatabase;
  clock: Clock;
}

async function open(config: Config, { logger, keys, database, clock }: Opened): Promise<RunningApplication> {
  const processId = newId('worker');
  const parts: PlatformParts = {
    config,
    connection: database.connection,
    dataSource: database.dataSource,
    keyring: keys.keyring,
    logger,
    processId,
    origin: { url: config.http.publicUrl ?? '' },
    clock,
    tracing: await openTracing(config, processId, logger),
  };
  const app = await createHttpApplication(AppModule.with(parts, keys), config);
  const redis = app.get<RedisLink | null>(REDIS);
  const begun: { jobs?: JobRunner; metrics?: MetricsServer | undefined } = {};
  const stop = once(async () => {
    app.get(Lifecycle).drain();
    if (config.role !== 'worker') closeDoors(app);
    // Jobs end before what they work with is closed.
    await begun.jobs?.stop();
    await app.close();
    await app.get(Hints).stop();
    await begun.metrics?.close();
    await redis?.stop();
    await app.get(Tracing).stop();
    await database.close();
  });
  try {
    if (config.role !== 'worker') openDoors(app);
    await redis?.start();
    await app.get(Hints).start();
    const { host, port } = config.http;
    const { port: taken, moved } = await listen(app, { host, port, search: !config.production });
    parts.origin.url ||= `http://localhost:${taken}`;
    if (config.role !== 'api') begun.jobs = await startJobs(app, parts);
    begun.metrics = await startObserving(app, config);
    app.get(Readiness).begin();
    return {
      app,
      config,
      url: parts.origin.url,
      metricsPort: begun.metrics?.port,
      model: app.get(LanguageModels).offered.map(({ name }) => name)[0] ?? '',
      demoUrl: await demoAddress(app.get(DemoServer)),
      claimCode: config.role === 'worker' ? undefined : await app.get(InstanceClaimService).codeToPrint(),
      movedFrom: moved ? port : undefined,
      stop,
    };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

function openDoors(app: NestFastifyApplication): void {
  app.useWebSocketAdapter(new SocketIoAdapter(app));
  for (const { surface, module } of SURFACES) setupOpenApi(app, surface, productVersion(), [module]);
  serveWebClient(app, join(PROJECT_ROOT, 'web/dist'));
  const activity = app.get(ActivityStream);
  app
    .get(RawWebSocketTransport)
    .attach(app.getHttpServer(), { [ACTIVITY_STREAM_PATH]: (asked) => activity.open(asked) });
}

/** Its process starts beside this one: a moment is worth waiting, so that who signs in first finds it. */
async function demoAddress(demo: DemoServer): Promise<string | undefined> {
  if (!demo.enabled) return undefined;
  let unsubscribe: () => void = () => undefined;
  let timer: NodeJS.Timeout | undefined;
  const address = await new Promise<string | undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), DEMO_WAIT_MS);
    unsubscribe = demo.onListening(resolve);
  });
  clearTimeout(timer);
  unsubscribe();
  return address;
}

function closeDoors(app: NestFastifyApplication): void {
  app.get(Audience).dismiss();
  app.get(RawWebSocketTransport).close();
  app.get(ActivityStream).close();
  stopAccepting(app.getHttpServer());
}

/** No further connections: those that stand end with the answer that they wait for, or when there is no more time. */
function stopAccepting(server: Server): void {
  server.close();
  setTimeout(() => server.closeAllConnections(), LINGER_MS).unref();
}

async function startJobs(app: NestFastifyApplication, parts: PlatformParts): Promise<JobRunner> {
  const { config, connection, processId, logger } = parts;
  const runner = new JobRunner({
    connection,
    concurrency: config.jobs.concurrency,
    processId,
    logger,
    metrics: app.get(Metrics),
    tracing: app.get(Tracing),
  });
  const handlers = app
    .get(DiscoveryService)
    .getProviders()
    .map(({ instance }: { instance?: unknown }) => instance)
    .filter((instance) => instance instanceof JobHandler);
  await runner.start(handlers);
  app.get(Readiness).add('jobs', () => runner.check());
  return runner;
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= work());
}
