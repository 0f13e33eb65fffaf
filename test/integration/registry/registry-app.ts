import { Global, Module } from '@nestjs/common';
import { runMigrations } from 'graphile-worker';
import pg from 'pg';
import { AbsentDemoServer } from '../../../src/adapters/demo-server/absent-demo-server.js';
import { AbsentPackages } from '../../../src/adapters/packages/absent-packages.js';
import { MailerModule } from '../../../src/adapters/mailer/mailer.module.js';
import { PasswordsModule } from '../../../src/adapters/passwords/passwords.module.js';
import { AccessTokens } from '../../../src/core/identity/access-tokens.js';
import { IdentityModule } from '../../../src/core/identity/identity.module.js';
import { type Principal, SCOPES } from '../../../src/core/identity/principal.js';
import { organizationCreated } from '../../../src/core/identity/organization-created.job.js';
import { CheckServerHandler } from '../../../src/core/registry/check-server.handler.js';
import { DemoServer } from '../../../src/core/registry/demo-server.port.js';
import { FurnishOrganizationHandler } from '../../../src/core/registry/furnish-organization.handler.js';
import { PackageRunner } from '../../../src/core/registry/package-runner.port.js';
import { CircuitBreakers } from '../../../src/core/execution/circuit-breakers.js';
import { ServerDetails } from '../../../src/core/overview/server-details.service.js';
import { AffectedRepository } from '../../../src/core/plans/affected.repository.js';
import { ToolDetails } from '../../../src/core/plans/tool-details.service.js';
import { RegistryModule } from '../../../src/core/registry/registry.module.js';
import { Clock } from '../../../src/platform/clock.js';
import { type Config, readConfig } from '../../../src/platform/config/config.js';
import { Keyring } from '../../../src/platform/crypto/keyring.js';
import { toDriverOptions } from '../../../src/platform/database/connection.js';
import { createDataSource, migrate } from '../../../src/platform/database/data-source.js';
import { Database } from '../../../src/platform/database/database.js';
import { Hints } from '../../../src/platform/hints/hints.js';
import { newId } from '../../../src/platform/ids.js';
import { Metrics } from '../../../src/platform/metrics/metrics.js';
import { JobRunner } from '../../../src/platform/jobs/job-runner.js';
import { Jobs } from '../../../src/platform/jobs/jobs.js';
import { createLogger } from '../../../src/platform/logging/logger.js';
import { PlatformModule } from '../../../src/platform/platform.module.js';
import { clientSurface } from '../../../src/surfaces/client/client.surface.js';
import { ServerToolsController } from '../../../src/surfaces/client/server-tools.controller.js';
import { ServersController } from '../../../src/surfaces/client/servers.controller.js';
import { createHttpApplication } from '../../../src/surfaces/pipeline/http-application.js';
import { PipelineModule } from '../../../src/surfaces/pipeline/pipeline.module.js';
import { ENTITIES, MIGRATIONS } from '../../../src/migrations.js';
import { createTestDatabase } from '../../support/databases.js';

/** A clock that tests move. */
export class MovableClock extends Clock {
  private offsetMs = 0;

  override ms(): number {
    return Date.now() + this.offsetMs;
  }

  forward(seconds: number): void {
    this.offsetMs += seconds * 1_000;
  }
}

export interface Answer<Body = Record<string, unknown>> {
  status: number;
  text: string;
  body: Body;
}

export interface Account {
  principal: Principal;
  call: <Body = Record<string, unknown>>(method: string, path: string, body?: unknown) => Promise<Answer<Body>>;
}

export type RegistryApp = Awaited<ReturnType<typeof startRegistryApp>>;

const SETTINGS = { NODE_ENV: 'test', RATE_LIMIT_RPM: '0', LOG_LEVEL: 'debug', LOG_FORMAT: 'json' };

/** The registry over HTTP with its jobs, on a database of its own. */
export async function startRegistryApp({
  demo = new AbsentDemoServer(),
  config: change = (config) => config,
}: { demo?: DemoServer; config?: (config: Config) => Config } = {}) {
  const config = change(readConfig(SETTINGS));
  const logLines: string[] = [];
  const logger = createLogger(config.log, { write: (line) => void logLines.push(line) });
  const testDatabase = await createTestDatabase();
  const { connection } = testDatabase;
  const dataSource = createDataSource({
    connection,
    pool: 16,
    entities: ENTITIES,
    migrations: MIGRATIONS,
    onPoolError: () => undefined,
  });
  await dataSource.initialize();
  await migrate(dataSource);
  await migrateJobs(connection);
  const clock = new MovableClock();
  const keyring = new Keyring(Buffer.alloc(32, 7));
  const processId = newId('worker');
  const parts = { config, connection, dataSource, keyring, logger, processId, origin: { url: '' }, clock };

  @Global()
  @Module({
    providers: [
      { provide: DemoServer, useValue: demo },
      { provide: PackageRunner, useValue: new AbsentPackages() },
    ],
    exports: [DemoServer, PackageRunner],
  })
  class DemoModule {}

  @Module({
    imports: [
      PlatformModule.with(parts),
      MailerModule.with(config),
      PasswordsModule,
      DemoModule,
      IdentityModule,
      RegistryModule,
      PipelineModule.with([clientSurface]),
    ],
    providers: [AffectedRepository, CircuitBreakers, ServerDetails, ToolDetails],
    controllers: [ServersController, ServerToolsController],
  })
  class RootModule {}

  const app = await createHttpApplication(RootModule, config);
  const hints = app.get(Hints);
  await hints.start();
  const runner = new JobRunner({ connection, concurrency: 4, processId, logger, metrics: app.get(Metrics) });
  await app.listen(0, '127.0.0.1');
  await runner.start([app.get(CheckServerHandler), app.get(FurnishOrganizationHandler)]);
  const url = await app.getUrl();
  const database = app.get(Database);

  /** Somebody in a new organization of their own. */
  const signUp = async (): Promise<Account> => {
    const now = new Date();
    const [userId, organizationId, familyId] = [newId('user'), newId('org'), newId('fam')];
    await database.transaction(async () => {
      await database.sql(
        'insert into users (id, email, username, created_at, updated_at) values ($1, $2, $3, $4, $4)',
        [userId, `${userId}@x.test`, userId, now],
      );
      await database.sql('insert into organizations (id, name, created_at) values ($1, $2, $3)', [
        organizationId,
        'Own',
        now,
      ]);
      await database.sql(`insert into memberships values ($1, $2, 'owner', $3)`, [organizationId, userId, now]);
      await database.sql(
        `insert into refresh_families (id, user_id, organization_id, ip, created_at, last_used_at)
         values ($1, $2, $3, '127.0.0.1', $4, $4)`,
        [familyId, userId, organizationId, now],
      );
      await app.get(Jobs).enqueue(organizationCreated, { organizationId });
    });
    const token = app.get(AccessTokens).issue({ userId, organizationId, familyId: familyId });
    const call: Account['call'] = async <Body>(method: string, path: string, body?: unknown) => {
      const answer = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, text, body: JSON.parse(text) as Body };
    };
    const principal: Principal = {
      userId,
      username: userId,
      organizationId,
      role: 'owner',
      scopes: SCOPES,
      instanceAdministrator: false,
      via: 'access_token',
      credentialId: familyId,
      expiresAt: new Date(Date.now() + 60_000),
    };
    return { principal, call };
  };

  const close = async () => {
    await runner.stop();
    await app.close();
    await hints.stop();
    await dataSource.destroy();
    await testDatabase.drop();
  };

  return { app, url, clock, database, hints, logLines, signUp, close };
}

/** Asks until the answer fits; for what a job does in its own time. */
export async function until<T>(ask: () => Promise<T>, fits: (value: T) => boolean, withinMs = 10_000): Promise<T> {
  for (const giveUpAt = Date.now() + withinMs; ;) {
    const value = await ask();
    if (fits(value)) return value;
    if (Date.now() > giveUpAt) throw new Error(`It did not come about: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function migrateJobs(connection: Awaited<ReturnType<typeof createTestDatabase>>['connection']): Promise<void> {
  const pool = new pg.Pool(toDriverOptions(connection).pg);
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  await runMigrations({ pgPool: pool });
  await pool.end();
}
