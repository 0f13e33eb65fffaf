import { Global, Module, type Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { runMigrations } from 'graphile-worker';
import pg from 'pg';
import { MailerModule } from '../../../src/adapters/mailer/mailer.module.js';
import { PasswordsModule } from '../../../src/adapters/passwords/passwords.module.js';
import { ModelChoice } from '../../../src/core/agent/model-choice.js';
import { IdentityModule } from '../../../src/core/identity/identity.module.js';
import { organizationCreated } from '../../../src/core/identity/organization-created.job.js';
import { SendCodeHandler } from '../../../src/core/identity/send-code.handler.js';
import { Clock } from '../../../src/platform/clock.js';
import { readConfig } from '../../../src/platform/config/config.js';
import { Keyring } from '../../../src/platform/crypto/keyring.js';
import { toDriverOptions } from '../../../src/platform/database/connection.js';
import { createDataSource, migrate } from '../../../src/platform/database/data-source.js';
import { Database } from '../../../src/platform/database/database.js';
import { Hints } from '../../../src/platform/hints/hints.js';
import { newId } from '../../../src/platform/ids.js';
import { JobHandler } from '../../../src/platform/jobs/job.js';
import { Metrics } from '../../../src/platform/metrics/metrics.js';
import { JobRunner } from '../../../src/platform/jobs/job-runner.js';
import { createLogger } from '../../../src/platform/logging/logger.js';
import { PlatformModule } from '../../../src/platform/platform.module.js';
import { AuthController } from '../../../src/surfaces/client/auth.controller.js';
import { clientSurface } from '../../../src/surfaces/client/client.surface.js';
import { HealthController } from '../../../src/surfaces/client/health.controller.js';
import { InstanceController } from '../../../src/surfaces/client/instance.controller.js';
import { ProfileController } from '../../../src/surfaces/client/profile.controller.js';
import { DevMailboxModule } from '../../../src/surfaces/dev-mailbox/dev-mailbox.module.js';
import { devMailboxSurface } from '../../../src/surfaces/dev-mailbox/dev-mailbox.surface.js';
import { createHttpApplication } from '../../../src/surfaces/pipeline/http-application.js';
import { setupOpenApi } from '../../../src/surfaces/pipeline/openapi.js';
import { PipelineModule } from '../../../src/surfaces/pipeline/pipeline.module.js';
import type { Surface } from '../../../src/surfaces/pipeline/surface.js';
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

class OrganizationsSeen extends JobHandler<{ organizationId: string }> {
  readonly job = organizationCreated;
  readonly ids: string[] = [];

  async run({ organizationId }: { organizationId: string }): Promise<void> {
    this.ids.push(organizationId);
  }
}

@Global()
@Module({
  providers: [{ provide: ModelChoice, useValue: { byDefault: { name: 'a-model' } } }],
  exports: [ModelChoice],
})
class ModelModule {}

@Module({
  imports: [IdentityModule],
  controllers: [AuthController, ProfileController, HealthController, InstanceController],
})
class SignInModule {}

export interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

export interface IdentityApp {
  url: string;
  app: NestFastifyApplication;
  clock: MovableClock;
  database: Database;
  organizationsSeen: readonly string[];
  logLines: readonly string[];
  call: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;
  /** Waits for the newest mail to the address that is not older than `after`. */
  codeFor: (email: string, after?: Date) => Promise<string>;
  signIn: (email: string, headers?: Record<string, string>) => Promise<Answer>;
  close: () => Promise<void>;
}

const SETTINGS = { NODE_ENV: 'test', OTP_COOLDOWN_SECONDS: '0', RATE_LIMIT_RPM: '0', RATE_LIMIT_AUTH_RPM: '0' };

interface Doors {
  surfaces: readonly Surface[];
  modules: readonly Type[];
}

/** Sign-in over HTTP on a database of its own, and nothing else of the product but the doors that a test brings. */
export async function startIdentityApp(
  settings: Record<string, string> = {},
  { surfaces, modules }: Doors = { surfaces: [clientSurface], modules: [] },
): Promise<IdentityApp> {
  const config = readConfig({ ...SETTINGS, LOG_LEVEL: 'debug', LOG_FORMAT: 'json', ...settings });
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
  const processId = newId('worker');
  const keyring = new Keyring(Buffer.alloc(32, 7));
  const origin = { url: '' };
  const parts = { config, connection, dataSource, keyring, logger, processId, origin, clock };

  @Module({
    imports: [
      PlatformModule.with(parts),
      MailerModule.with(config),
      PasswordsModule,
      ModelModule,
      IdentityModule,
      PipelineModule.with([...surfaces, devMailboxSurface]),
      SignInModule,
      ...modules,
      ...(config.mail.smtpUrl ? [] : [DevMailboxModule]),
    ],
  })
  class RootModule {}

  const app = await createHttpApplication(RootModule, config);
  setupOpenApi(app, clientSurface, '1', [SignInModule]);
  await app.get(Hints).start();
  const organizations = new OrganizationsSeen();
  const runner = new JobRunner({ connection, concurrency: 4, processId, logger, metrics: app.get(Metrics) });
  await runner.start([app.get(SendCodeHandler), organizations]);
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const database = app.get(Database);

  const call: IdentityApp['call'] = async (method, path, body, headers = {}) => {
    const answer = await fetch(url + path, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json');
    return {
      status: answer.status,
      headers: answer.headers,
      body: isJson ? (JSON.parse(text) as Answer['body']) : { text },
    };
  };

  const codeFor: IdentityApp['codeFor'] = async (email, after) => {
    for (const giveUpAt = Date.now() + 15_000; Date.now() < giveUpAt;) {
      const rows = await database.sql<{ code: string }>(
        `select code from dev_mails where recipient = $1 and kept_at >= $2 order by id desc limit 1`,
        [email, after ?? new Date(0)],
      );
      if (rows[0]) return rows[0].code;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`No mail came to ${email}.`);
  };

  const signIn: IdentityApp['signIn'] = async (email, headers = {}) => {
    const after = clock.now();
    await call('POST', '/api/v1/auth/otp/request', { email }, headers);
    const code = await codeFor(email, after);
    return call('POST', '/api/v1/auth/otp/verify', { email, code }, headers);
  };

  const close = async () => {
    await app.close();
    await runner.stop();
    await app.get(Hints).stop();
    await dataSource.destroy();
    await testDatabase.drop();
  };

  return { url, app, clock, database, organizationsSeen: organizations.ids, logLines, call, codeFor, signIn, close };
}

async function migrateJobs(connection: Awaited<ReturnType<typeof createTestDatabase>>['connection']): Promise<void> {
  const pool = new pg.Pool(toDriverOptions(connection).pg);
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  await runMigrations({ pgPool: pool });
  await pool.end();
}
