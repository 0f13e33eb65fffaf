import { execFile, spawn, spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { compileSources, type CompiledSources, type OtherProcess } from '../../../../test/support/other-process.js';
import type { Durability } from './cluster.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.js';
import type { ServerAddress } from './postmaster.js';
import { findProcess } from './processes.js';
import { until } from './until.js';

const NOBODY = { uid: 65_534, gid: 65_534 };

const OWNER = `
  import { createInterface } from 'node:readline';
  import { startEmbeddedPostgres } from './src/platform/database/embedded/embedded-postgres.js';
  const options = JSON.parse(process.argv[2]);
  const print = (value) => process.stdout.write(JSON.stringify(value) + '\\n');
  const server = await startEmbeddedPostgres({ ...options, log: () => {} });
  const facts = () => ({ connection: server.connection, adopted: server.adopted, pid: server.pid, uid: process.getuid() });
  print(facts());
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === 'stop') await server.stop();
    if (line === 'ensure') await server.ensureRunning();
    print(line === 'stop' ? 'stopped' : facts());
    if (line === 'stop') process.exit(0);
  }
`;

interface Facts {
  connection: ServerAddress;
  adopted: boolean;
  pid: number;
  uid: number;
}

let sources: CompiledSources;
let folder: string;
let seed: string;
const messages: string[] = [];
const owners: OtherProcess[] = [];
const servers: EmbeddedPostgres[] = [];

const dataIn = (name: string) => join(folder, name);

/** A data folder as a first start leaves it, without the second that making one takes. */
async function seededData(): Promise<string> {
  await promisify(execFile)('cp', ['-a', seed, dataIn('data')]);
  return dataIn('data');
}

async function startHere(dataDirectory: string): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({
    dataDirectory,
    durability: 'none',
    log: (message) => messages.push(message),
  });
  servers.push(server);
  return server;
}

interface Elsewhere {
  ids?: { uid: number; gid: number };
  durability?: Durability;
}

async function startElsewhere(dataDirectory: string, { durability = 'none', ...options }: Elsewhere = {}) {
  const owner = await sources.run(OWNER, { argument: { dataDirectory, durability }, ...options });
  owners.push(owner);
  return { owner, facts: await owner.nextLine<Facts>() };
}

async function query(connection: ServerAddress, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client(connection);
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

const gone = (pid: number) => until(async () => !(await findProcess(pid)), { deadlineMs: 10_000 });

const watchdogOf = async (pid: number) => (await findProcess(pid))?.parent ?? Number.NaN;

async function killAll(...pids: number[]): Promise<void> {
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  for (const pid of pids) expect(await gone(pid)).toBe(true);
}

beforeAll(async () => {
  sources = await compileSources(['src/platform/database/embedded', 'src/platform/errors']);
  seed = await mkdtemp(join(tmpdir(), 'switchyard-pg-seed-'));
  await (await startEmbeddedPostgres({ dataDirectory: seed, durability: 'none', log: () => undefined })).stop();
}, 60_000);

afterAll(async () => {
  await sources.remove();
  await rm(seed, { recursive: true, force: true });
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-pg-'));
  await chmod(folder, 0o711);
  messages.length = 0;
});

afterEach(async () => {
  for (const owner of owners.splice(0)) {
    owner.child.stdin?.end();
    owner.child.kill('SIGKILL');
    await owner.exited;
  }
  for (const server of servers.splice(0)) {
    await server.stop();
    expect(await gone(server.pid)).toBe(true);
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

test('a first start makes the database, and a later one finds what was written', async () => {
  const first = await startHere(dataIn('data'));
  expect(first.adopted).toBe(false);
  expect(await query(first.connection, 'show listen_addresses')).toEqual([{ listen_addresses: '' }]);
  expect(await query(first.connection, 'select current_database() as name')).toEqual([{ name: 'switchyard' }]);
  await query(first.connection, `create table kept as select lower('ÄÖÜ') as word`);
  expect((await stat(dataIn('data/password'))).mode & 0o777).toBe(0o600);
  expect((await stat(first.connection.host)).mode & 0o777).toBe(0o700);
  await first.stop();
  expect(await gone(first.pid)).toBe(true);

  const began = performance.now();
  const second = await startHere(dataIn('data'));
  expect(performance.now() - began).toBeLessThan(5_000);
  expect(await query(second.connection, 'select word from kept')).toEqual([{ word: 'äöü' }]);
  expect(await readFile(second.logFile, 'utf8')).toContain('ready to accept connections');
});

test('a wrong password is refused', async () => {
  const { connection } = await startHere(await seededData());
  await expect(query({ ...connection, password: 'guess' }, 'select 1')).rejects.toMatchObject({ code: '28P01' });
});

test('no server outlives an owner that was killed', async () => {
  const { owner, facts } = await startElsewhere(await seededData());
  const watchdog = await watchdogOf(facts.pid);
  owner.child.kill('SIGKILL');
  expect(await gone(facts.pid)).toBe(true);
  expect(await gone(watchdog)).toBe(true);
});

test('a second process adopts the running server, and starts its own once the owner is gone', async () => {
  const { owner, facts } = await startElsewhere(await seededData());
  const adopter = await startHere(dataIn('data'));
  expect(adopter.adopted).toBe(true);
  expect(adopter.pid).toBe(facts.pid);
  expect(adopter.connection).toEqual(facts.connection);
  await query(adopter.connection, 'create table kept as select 1 as one');

  owner.child.kill('SIGKILL');
  expect(await gone(facts.pid)).toBe(true);
  await Promise.all([adopter.ensureRunning(), adopter.ensureRunning()]);
  expect(adopter.adopted).toBe(false);
  expect(adopter.connection).toEqual(facts.connection);
  expect(await query(adopter.connection, 'select one from kept')).toEqual([{ one: 1 }]);
});

test('an adopter that stops leaves the server to its owner', async () => {
  const { facts } = await startElsewhere(await seededData());
  const adopter = await startHere(dataIn('data'));
  await adopter.stop();
  servers.length = 0;
  expect(await query(facts.connection, 'select 1 as one')).toEqual([{ one: 1 }]);
  await expect(adopter.ensureRunning()).rejects.toMatchObject({ code: 'EMBEDDED_POSTGRES_STOPPED' });
});

test('what was committed survives the killing of owner, watchdog and server', async () => {
  const { owner, facts } = await startElsewhere(await seededData(), { durability: 'full' });
  await query(facts.connection, 'create table kept as select 42 as answer');
  await killAll(await watchdogOf(facts.pid), facts.pid, owner.pid);
  const next = await startHere(dataIn('data'));
  expect(next.adopted).toBe(false);
  expect(await query(next.connection, 'select answer from kept')).toEqual([{ answer: 42 }]);
});

test('a crashed server is started again on demand', async () => {
  const server = await startHere(await seededData());
  const crashed = server.pid;
  await killAll(crashed);
  await server.ensureRunning();
  expect(server.pid).not.toBe(crashed);
  expect(await query(server.connection, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('a stale pid that another process got meanwhile is not mistaken for a server', async () => {
  const { owner, facts } = await startElsewhere(await seededData());
  await killAll(await watchdogOf(facts.pid), facts.pid, owner.pid);
  const { uid, gid } = await stat(dataIn('data/cluster-18'));
  const bystander = spawn('sleep', ['60'], { uid, gid, stdio: 'ignore' });
  try {
    for (const file of [dataIn('data/cluster-18/postmaster.pid'), `${facts.connection.host}/.s.PGSQL.5432.lock`]) {
      await writeFile(file, (await readFile(file, 'utf8')).replace(/^\d+/, String(bystander.pid)));
    }
    const next = await startHere(dataIn('data'));
    expect(next.adopted).toBe(false);
    expect(next.pid).not.toBe(bystander.pid);
    expect(messages.join(' ')).toContain(`process ${bystander.pid} is another one`);
    expect(bystander.exitCode).toBeNull();
  } finally {
    bystander.kill('SIGKILL');
  }
});

test('a server that lost its watchdog is replaced by one that has one', async () => {
  const { owner, facts } = await startElsewhere(await seededData());
  await killAll(await watchdogOf(facts.pid), owner.pid);
  expect(await findProcess(facts.pid)).toBeDefined();
  const next = await startHere(dataIn('data'));
  expect(next.adopted).toBe(false);
  expect(await gone(facts.pid)).toBe(true);
});

test('of two processes that start at once, one owns the server and the other adopts it', async () => {
  const both = await Promise.all([startElsewhere(dataIn('data')), startElsewhere(dataIn('data'))]);
  expect(both.map(({ facts }) => facts.adopted).sort()).toEqual([false, true]);
  expect(new Set(both.map(({ facts }) => facts.pid)).size).toBe(1);
});

test('a deep data folder gets its socket in a short one', async () => {
  const deep = dataIn(join('a'.repeat(60), 'b'.repeat(60)));
  const { connection } = await startHere(deep);
  expect(Buffer.byteLength(join(connection.host, '.s.PGSQL.5432'))).toBeLessThanOrEqual(103);
  expect((await stat(connection.host)).mode & 0o777).toBe(0o700);
  expect(await query(connection, 'select 1 as one')).toEqual([{ one: 1 }]);
  await rm(connection.host, { recursive: true, force: true });
});

test('a folder of another major version is refused with what to do', async () => {
  await mkdir(dataIn('data/cluster-17'), { recursive: true, mode: 0o711 });
  await chmod(dataIn('data'), 0o711);
  await expect(startHere(dataIn('data'))).rejects.toMatchObject({ code: 'EMBEDDED_POSTGRES_OTHER_VERSION' });
});

test('a start that is given up says so and leaves no server', async () => {
  const options = { dataDirectory: dataIn('data'), log: () => undefined, signal: AbortSignal.timeout(1) };
  await expect(startEmbeddedPostgres(options)).rejects.toMatchObject({ name: 'TimeoutError' });
  const next = await startHere(dataIn('data'));
  expect(next.adopted).toBe(false);
});

/** Below a closed home, as root's, another user cannot even start our Node. */
const othersReachUs = () =>
  spawnSync(process.execPath, ['-e', ''], { uid: NOBODY.uid, gid: NOBODY.gid, cwd: '/', env: {} }).status === 0;

if (process.getuid?.() === 0 && othersReachUs()) {
  test('an ordinary user runs its own server, and keeps it when root comes later', async () => {
    await chmod(folder, 0o777);
    const { owner, facts } = await startElsewhere(dataIn('data'), { ids: NOBODY });
    expect(facts.uid).toBe(NOBODY.uid);
    owner.child.stdin?.write('stop\n');
    expect(await owner.nextLine()).toBe('stopped');

    const asRoot = await startHere(dataIn('data'));
    expect((await stat(dataIn('data/cluster-18'))).uid).toBe(NOBODY.uid);
    expect(await query(asRoot.connection, 'select 1 as one')).toEqual([{ one: 1 }]);
  });
}
