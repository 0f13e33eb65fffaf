import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { DatabaseConnection } from '../../src/platform/database/connection.js';

let stop: () => Promise<void> = async () => undefined;

/** For the processes and pools of all tests that run side by side. */
const MAX_CONNECTIONS = 300;

/** One PostgreSQL for the whole run: TEST_DATABASE_URL, or an embedded one that need not survive a crash. */
async function globalSetup(): Promise<void> {
  resolveSources();
  process.env.TEST_PG = JSON.stringify(await connect());
}

async function connect(): Promise<DatabaseConnection> {
  const url = process.env.TEST_DATABASE_URL;
  if (url) return { url };
  const { startEmbeddedPostgres } = await import('../../src/platform/database/embedded/embedded-postgres.js');
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-test-'));
  // As root, PostgreSQL runs as another user, who must get through.
  await chmod(folder, 0o711);
  const server = await startEmbeddedPostgres({
    dataDirectory: folder,
    log: () => undefined,
    durability: 'none',
    maxConnections: MAX_CONNECTIONS,
  });
  stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return server.connection;
}

/** Jest's module mapping is not in force here, so `./x.js` has to be led to `./x.ts` by Node itself. */
function resolveSources(): void {
  registerHooks({
    resolve: (specifier, context, next) => {
      const parent = context.parentURL?.startsWith('file:') ? new URL(context.parentURL).pathname : undefined;
      if (parent?.endsWith('.ts') && /^\.{1,2}\/.*\.js$/.test(specifier)) {
        const source = specifier.replace(/\.js$/, '.ts');
        if (existsSync(resolve(dirname(decodeURIComponent(parent)), source))) return next(source, context);
      }
      return next(specifier, context);
    },
  });
}

export const stopTestDatabase = () => stop();
export { globalSetup as default };
