import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { readConfig } from '../../src/platform/config/config.js';
import { createLogger } from '../../src/platform/logging/logger.js';
import { openDatabase } from '../../src/start/open-database.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase, toUrl } from '../support/chaos/database-url.js';
import { runCommand } from '../support/commands.js';

const PASSWORD = 'hush-hush-of-tests';
const ROLE = `guest_${process.pid}`;

let place: TestDatabase;
let folder: string;
const servers: Server[] = [];

beforeAll(async () => {
  place = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'switchyard-wrong-'));
  await query(`create role ${ROLE} login password '${PASSWORD}'`);
});
afterAll(async () => {
  for (const server of servers) server.close();
  await place.drop();
  await rm(folder, { recursive: true, force: true });
});

async function query(text: string): Promise<void> {
  const client = new pg.Client(toUrl(place.connection));
  await client.connect();
  await client.query(text).finally(() => client.end());
}

/** The database's address with something else in it. */
function address(change: (url: URL) => void): string {
  const url = new URL(toUrl(place.connection));
  change(url);
  return url.href;
}

async function takenPort(answer?: string): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).on('data', () => answer !== undefined && socket.write(answer));
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const asGuest = (url: URL) => Object.assign(url, { username: ROLE, password: PASSWORD });
const elsewhere = (host: string) => `postgres://somebody:${PASSWORD}@${host}/switchyard`;

describe('a database that cannot be used is said in one sentence, with what to do', () => {
  test.each([
    [
      'a wrong password',
      () => address((url) => (url.password = PASSWORD)),
      /^DATABASE_URL: \S+ refuses the password of \w+\. Correct/,
    ],
    [
      'no such database',
      () => address((url) => (url.pathname = '/nowhere')),
      /^DATABASE_URL: \S+ has no database nowhere\. Create it/,
    ],
    [
      'nobody there',
      () => elsewhere('127.0.0.1:1'),
      /^DATABASE_URL: nothing listens at 127\.0\.0\.1:1 \(ECONNREFUSED\)\. Start PostgreSQL/,
    ],
    [
      'an unknown machine',
      () => elsewhere('nothing.invalid'),
      /^DATABASE_URL: there is no machine of the name in nothing\.invalid:5432\./,
    ],
    [
      'no rights',
      () => address(asGuest),
      /^DATABASE_URL: guest_\d+ may not do in test_\w+ what is needed \(permission denied/,
    ],
  ])('%s', async (_, url, words) => {
    const config = readConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent', DATABASE_URL: url() });
    const fault = await openDatabase(config, createLogger(config.log), { waitMs: 300 }).catch(
      (error: unknown) => error,
    );
    expect(fault).toMatchObject({
      name: 'AppError',
      code: 'DATABASE_UNUSABLE',
      message: expect.stringMatching(words) as string,
    });
    expect((fault as Error).message).not.toContain(PASSWORD);
    expect((fault as Error).message).not.toContain('\n');
  });

  test('by a command as well', async () => {
    const settings = { DATABASE_URL: address((url) => (url.pathname = '/nowhere')), DATA_DIR: folder };
    const file = join(folder, 'none.tar.gz');
    for (const [name, args] of [
      ['keys', ['list']],
      ['backup', ['--to', file]],
      ['restore', [file]],
    ] as const) {
      await expect(runCommand(name, args, settings)).rejects.toMatchObject({ code: 'DATABASE_UNUSABLE' });
    }
  });

  test('on the terminal, with nothing else, and a code that is not 0', async () => {
    const main = resolve(__dirname, '../../dist/src/main.js');
    const env = {
      PATH: process.env.PATH,
      LOG_LEVEL: 'warn',
      DATA_DIR: folder,
      DATABASE_URL: address((url) => (url.password = PASSWORD)),
    };
    const [code, text] = await new Promise<[unknown, string]>((done) =>
      execFile(process.execPath, ['--enable-source-maps', main], { env, timeout: 60_000 }, (error, stdout, stderr) =>
        done([error?.code, stdout + stderr]),
      ),
    );
    expect(code).toBe(1);
    expect(text).toMatch(/^DATABASE_URL: \S+ refuses the password of \w+\. Correct the user or the password\.\n$/);
  }, 70_000);
});

test.each(['DATABASE_URL', 'REDIS_URL', 'SMTP_URL'])(
  'a password that breaks the address of %s is said, not shown',
  (name) => {
    const protocol = { DATABASE_URL: 'postgres', REDIS_URL: 'redis', SMTP_URL: 'smtp' }[name];
    for (const password of ['50%off-today', 'one/two#three']) {
      let said = '';
      try {
        readConfig({ [name]: `${protocol}://somebody:${password}@localhost:99/x` });
      } catch (error) {
        said = (error as Error).message;
      }
      expect(said).toMatch(new RegExp(`^The settings are not usable:\\n  - ${name}: .*%2[35]`));
      expect(said).not.toMatch(/off-today|three/);
    }
  },
);

describe('a folder that cannot be used', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  const inAFile = async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    return file;
  };

  test.each([
    ['a file is there', inAFile, /a file is in its place/],
    ['a file is above it', async () => join(await inAFile(), 'data'), /a file is in the place of a folder above it/],
    // Where Node's own recursion goes on for ever.
    [
      'the kernel makes none there',
      async () => '/proc/switchyard/data',
      /takes no folders there|no right to write|read-only/,
    ],
  ])('since %s', async (_, find, reason) => {
    const data = await find();
    const words = { code: 'FOLDER_UNUSABLE', message: expect.stringMatching(reason) as string };
    await expect(startTestApp({ DATA_DIR: data })).rejects.toMatchObject(words);
    await expect(runCommand('keys', ['list'], { DATA_DIR: data })).rejects.toMatchObject(words);
    const settings = { DATABASE_URL: app.databaseUrl, DATA_DIR: data };
    await expect(runCommand('backup', [], settings)).rejects.toMatchObject({ code: 'FOLDER_UNUSABLE' });
  });

  test('since this user may not write there', async () => {
    const closed = join(folder, 'closed');
    await mkdir(closed);
    await chmod(closed, 0o500);
    if (process.getuid?.() === 0) return;
    await expect(startTestApp({ DATA_DIR: closed })).rejects.toMatchObject({
      code: 'FOLDER_UNUSABLE',
      message: `DATA_DIR: the folder ${closed} cannot be used: this user has no right to write there. Mend that, or choose another one.`,
    });
  });
});

describe('an address that cannot be listened on', () => {
  const production = { NODE_ENV: 'production', PUBLIC_URL: 'http://localhost', SMTP_URL: 'smtp://localhost:1' };

  test.each([
    [
      'a port of another process',
      async () => ({ ...production, PORT: String(await takenPort()) }),
      /^PORT: another process listens on 127\.0\.0\.1:\d+\./,
    ],
    [
      'such a port for the numbers',
      async () => ({ METRICS_PORT: String(await takenPort()) }),
      /^METRICS_PORT: another process/,
    ],
    [
      'an address of another machine',
      async () => ({ HOST: '203.0.113.5' }),
      /^HOST: this machine has no address 203\.0\.113\.5\./,
    ],
    ['a name of nobody', async () => ({ HOST: 'nothing.invalid' }), /^HOST: there is no address nothing\.invalid\./],
  ])('%s', async (_, settings, words) => {
    await expect(startTestApp(await settings())).rejects.toMatchObject({
      code: 'ADDRESS_UNUSABLE',
      message: expect.stringMatching(words) as string,
    });
  });
});

test('a Redis that refuses our password ends the start; one that is away does not', async () => {
  const refusing = await takenPort('-WRONGPASS invalid username-password pair or user is disabled.\r\n');
  const fault = await startTestApp({ REDIS_URL: `redis://:${PASSWORD}@127.0.0.1:${refusing}` }).catch(
    (error: unknown) => error,
  );
  expect(fault).toMatchObject({
    code: 'REDIS_REFUSES',
    message: expect.stringMatching(/^REDIS_URL: .*WRONGPASS/) as string,
  });
  expect((fault as Error).message).not.toContain(PASSWORD);
  const app = await startTestApp({ REDIS_URL: `redis://:${PASSWORD}@127.0.0.1:1` });
  expect((await app.api('GET', '/readyz')).body).toMatchObject({ checks: { redis: { status: 'failed' } } });
  await app.stop();
});
