import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { eventually, type Person, startTestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase, toUrl } from '../support/chaos/database-url.js';
import { runCommand } from '../support/commands.js';

let database: TestDatabase;
let folder: string;
let backup: string;
let place: Record<string, string>;
let inBackup: Person;
let since: Person;
let looking: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'switchyard-killed-'));
  backup = join(folder, 'backup.tar.gz');
  place = { DATABASE_URL: toUrl(database.connection), DATA_DIR: join(folder, 'data'), SECRET_KEY: 'k'.repeat(40) };
  const app = await startTestApp(place);
  inBackup = await app.signIn();
  await runCommand('backup', ['--to', backup], place);
  since = await app.signIn();
  await app.stop();
  looking = new pg.Client(place.DATABASE_URL);
  await looking.connect();
}, 60_000);
afterAll(async () => {
  await looking.end();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const ask = async <Row>(text: string) => (await looking.query(text)).rows as Row[];
const people = async () =>
  (await ask<{ email: string }>('select email from users order by id')).map(({ email }) => email);

function restoring(): ChildProcess {
  const main = resolve(__dirname, '../../dist/src/main.js');
  return spawn(process.execPath, [main, 'restore', backup], {
    env: { PATH: process.env.PATH, ...place },
    stdio: 'ignore',
  });
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** What the killed process had asked for last goes on until the server misses it. */
const isAlone = () =>
  eventually(
    () =>
      ask(
        `select from pg_stat_activity where datname = current_database() and application_name = 'switchyard command'`,
      ),
    (found) => found.length === 0,
  );

/** Holds up the restore by a lock, and kills it while it waits for that. */
async function killWhileItWaitsFor(lock: string): Promise<void> {
  const other = new pg.Client(place.DATABASE_URL);
  await other.connect();
  try {
    await other.query(`begin; ${lock}`);
    const child = restoring();
    await eventually(
      () => ask(`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`),
      (found) => found.length > 0,
      30_000,
    );
    await kill(child);
  } finally {
    await other.end();
  }
}

/** The product as it was before the restore, with nothing left of that. */
async function runsAsBefore(): Promise<void> {
  expect(await people()).toEqual([inBackup.email, since.email]);
  const app = await startTestApp(place);
  try {
    for (const { token } of [inBackup, since]) {
      expect((await app.api('GET', '/api/v1/user/profile', { token })).status).toBe(200);
    }
    expect((await app.api('GET', '/readyz')).status).toBe(200);
  } finally {
    await app.stop();
  }
  expect(await ask(`select from pg_namespace where nspname = 'switchyard_restore'`)).toEqual([]);
}

test('a restore that is killed while it puts the tables together has changed nothing', async () => {
  const child = restoring();
  await eventually(
    () => ask<{ found: string | null }>(`select to_regclass('switchyard_restore.users')::text as found`),
    ([row]) => row?.found != null,
    30_000,
  );
  await kill(child);
  await isAlone();
  await runsAsBefore();
}, 60_000);

test('so has one that is killed in the middle of the swap, and the next one does it', async () => {
  await killWhileItWaitsFor('lock table graphile_worker._private_jobs in share mode');
  await isAlone();
  await runsAsBefore();

  await runCommand('restore', [backup], place);
  expect(await people()).toEqual([inBackup.email]);
  const app = await startTestApp(place);
  expect((await app.api('GET', '/api/v1/user/profile', { token: inBackup.token })).status).toBe(200);
  expect((await app.api('GET', '/api/v1/user/profile', { token: since.token })).status).toBe(401);
  await app.stop();
}, 60_000);
