import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { NightlyBackup } from '../../src/start/backup/nightly-backup.js';
import { eventually, startTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase, toUrl } from '../support/chaos/database-url.js';
import { runCommand } from '../support/commands.js';
import { TRANSPORTS } from '../support/session-clients.js';
import { type ProgramsOutside, startProgramsOutside } from './support/programs-outside.js';
import { becomes, ended, type JoinedClient, proposeOne, type Scene, startScene } from './support/scene.js';

const SECRET_KEY = 'the secret that the backed up instance has';
const LOAD = 3;

interface EventRow {
  session_id: string;
  seq: string;
  line: string;
}

let scene: Scene;
let folder: string;
let file: string;
const databases: TestDatabase[] = [];

beforeAll(async () => {
  scene = await startScene({ SECRET_KEY });
  folder = await mkdtemp(join(tmpdir(), 'switchyard-backup-'));
  file = join(folder, 'backup.tar.gz');
}, 60_000);

afterAll(async () => {
  await scene.stop();
  for (const database of databases) await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const here = () => ({ DATABASE_URL: scene.app.databaseUrl, DATA_DIR: scene.app.dataDirectory, SECRET_KEY });

async function query<Row>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows as Row[];
  } finally {
    await client.end();
  }
}

/** Each session's events in order, as they are stored. */
async function logs(url: string): Promise<Map<string, string[]>> {
  const rows = await query<EventRow>(
    url,
    `select session_id, seq, concat_ws(' ', seq, id, type, ts, payload::text) as line
     from session_events order by session_id, seq`,
  );
  const found = new Map<string, string[]>();
  for (const { session_id, line } of rows) found.set(session_id, [...(found.get(session_id) ?? []), line]);
  return found;
}

/** A place to restore into: an empty database, an empty folder. */
async function newPlace(settings: Record<string, string> = {}) {
  const database = await createTestDatabase();
  databases.push(database);
  const data = await mkdtemp(join(folder, 'data-'));
  return { DATABASE_URL: toUrl(database.connection), DATA_DIR: data, SECRET_KEY, ...settings };
}

const start = (place: Record<string, string>): Promise<TestApp> =>
  startTestApp({
    LLM_PROVIDER: 'gemini',
    GEMINI_API_KEY: 'test-key',
    GEMINI_BASE_URL: scene.gemini.url,
    ...place,
  });

const running = async (tool: string, label: string) => {
  const client = await scene.join(TRANSPORTS[0] as (typeof TRANSPORTS)[0]);
  const { node } = await proposeOne(client, tool, { label });
  client.send('approve_task', { node_id: node });
  await scene.upstream.memory.called(tool, label);
  return { client, node };
};

describe('a backup made under load', () => {
  let unsafe: Awaited<ReturnType<typeof running>>;
  let safe: Awaited<ReturnType<typeof running>>;
  let asked: { client: JoinedClient; node: string };
  let files: { artifact_id: string; sha256: string; url: string }[];
  let place: Record<string, string>;
  let told: string[];
  let outside: ProgramsOutside;
  beforeAll(async () => {
    const [transport] = TRANSPORTS;
    if (!transport) throw new Error('There are transports.');
    const maker = await scene.join(transport);
    for (const kind of ['bytes', 'media', 'big']) {
      const { node } = await proposeOne(maker, 'make_files', { kind });
      maker.send('approve_task', { node_id: node });
      await maker.next(ended('done'));
    }
    files = maker.frames.filter(({ type }) => type === 'artifact_generated').map(({ payload }) => payload) as never;
    [unsafe, safe] = [await running('hold_write', 'backup'), await running('hold', 'backup')];
    const client = await scene.join(transport);
    asked = { client, node: (await proposeOne(client, 'write', { text: 'asked' })).node };
    outside = await startProgramsOutside(scene);

    let over = false;
    let rounds = 0;
    const busy = async () => {
      const mine = await scene.join(transport);
      while (!over) {
        const { node } = await proposeOne(mine, 'write', { text: 'load' });
        mine.send('approve_task', { node_id: node });
        await mine.next(ended('done'));
        rounds += 1;
      }
    };
    const load = Promise.all(Array.from({ length: LOAD }, busy));
    const rests = (at: number) =>
      eventually(
        () => rounds,
        (since) => since >= at,
      );
    await rests(LOAD * 2);
    told = await runCommand('backup', ['--to', file], here());
    const atBackup = rounds;
    await rests(atBackup + LOAD);
    over = true;
    await load;
    await outside.forget();
    place = await newPlace();
    await runCommand('restore', [file], place);
  }, 60_000);

  test('says what is in it, and that the secret is not', async () => {
    expect(told[0]).toMatch(new RegExp(`^${file}: \\d+ rows, ${files.length} files, \\d+ bytes\\.$`));
    expect(told.at(-1)).toContain('SECRET_KEY');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).filter((name) => name.includes('partial'))).toEqual([]);
  });

  test('gives each session a prefix of its log, elsewhere', async () => {
    const [now, then] = [await logs(scene.app.databaseUrl), await logs(place.DATABASE_URL ?? '')];
    expect(then.size).toBeGreaterThanOrEqual(4 + LOAD);
    for (const [session, lines] of then) expect(lines).toEqual(now.get(session)?.slice(0, lines.length));
    const count = (log: Map<string, string[]>) => [...log.values()].flat().length;
    expect(count(now)).toBeGreaterThan(count(then));
  });

  test('runs elsewhere: tokens count, files are the same, nothing goes on by itself', async () => {
    const app = await start(place);
    const before = await logs(place.DATABASE_URL ?? '');
    const { token } = scene.person;
    try {
      for (const { url, sha256 } of files) {
        const { bytes } = await app.api('GET', url, { token });
        expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
      }
      const calls = scene.upstream.memory.calls.length;
      for (const transport of TRANSPORTS) {
        const connect = (session: string) => transport.connect(app.url, { serverId: scene.server.id, token, session });
        const unknown = connect(unsafe.client.session);
        await unknown.seen(becomes(unsafe.node, 'outcome_unknown'));
        const stopped = connect(safe.client.session);
        await stopped.seen(becomes(safe.node, 'cancelled'));
        expect(stopped.seqs).toEqual(stopped.seqs.map((_, index) => index + 1));
        const open = connect(asked.client.session);
        const { payload } = await open.seen('session_snapshot');
        expect(payload.pending).toEqual([asked.node]);
        for (const client of [unknown, stopped, open]) client.close();
      }
      await outside.expectAtRest(app);
      expect(scene.upstream.memory.calls).toHaveLength(calls);
      // What was asked can still be decided.
      const [transport] = TRANSPORTS;
      const open = transport?.connect(app.url, {
        serverId: scene.server.id,
        token,
        session: asked.client.session,
        after: before.get(asked.client.session)?.length ?? 0,
      });
      await open?.next('session_snapshot');
      open?.send('approve_task', { node_id: asked.node });
      await open?.next(ended('done'));
      expect(open?.seqs[0]).toBe((before.get(asked.client.session)?.length ?? 0) + 1);
      open?.close();
    } finally {
      await app.stop();
    }
  }, 40_000);

  test('goes over what is there, which is kept in a restore point', async () => {
    const before = await logs(place.DATABASE_URL ?? '');
    const [kept = ''] = await runCommand('restore', [file], place);
    expect(await logs(place.DATABASE_URL ?? '')).not.toEqual(before);
    const point = kept.replace('What was there is kept in ', '');
    await runCommand('restore', [point], place);
    expect(await logs(place.DATABASE_URL ?? '')).toEqual(before);
  }, 40_000);
});

describe('restore changes nothing and says why', () => {
  test('while the product runs', async () => {
    const before = await logs(scene.app.databaseUrl);
    await expect(runCommand('restore', [file], here())).rejects.toMatchObject({ code: 'STILL_RUNNING' });
    expect(await logs(scene.app.databaseUrl)).toEqual(before);
  });

  test.each([
    ['is cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length - 1_000)],
    ['has a wrong byte', (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 5_000), bytes.subarray(5_001)])],
    ['is no backup', () => Buffer.from('hello')],
    ['is empty', () => Buffer.alloc(0)],
  ])('when the file %s', async (_, damage) => {
    const place = await newPlace();
    const damaged = join(folder, 'damaged.tar.gz');
    await writeFile(damaged, damage(await readFile(file)));
    await expect(runCommand('restore', [damaged], place)).rejects.toMatchObject({ code: 'BACKUP_UNREADABLE' });
    await expect(query(place.DATABASE_URL, 'select from users')).rejects.toThrow('does not exist');
  });

  test('when a table in it is not the one that was written', async () => {
    const plain = join(folder, 'plain.tar');
    await runCommand('backup', ['--to', plain], here());
    const bytes = await readFile(plain);
    const at = bytes.indexOf(scene.person.email);
    bytes.write('mallory', at);
    await writeFile(plain, bytes);
    await expect(runCommand('restore', [plain], await newPlace())).rejects.toMatchObject({ code: 'BACKUP_UNREADABLE' });
  });

  test('when it is of a newer version', async () => {
    const newer = join(folder, 'newer.tar');
    const client = await query(scene.app.databaseUrl, `insert into migrations (timestamp, name) values (9, 'Future9')`);
    expect(client).toEqual([]);
    await runCommand('backup', ['--to', newer], here());
    await query(scene.app.databaseUrl, `delete from migrations where name = 'Future9'`);
    await expect(runCommand('restore', [newer], await newPlace())).rejects.toMatchObject({ code: 'BACKUP_IS_NEWER' });
  });

  test('when nothing opens its keys; the former secret does, and giving them up is possible', async () => {
    const place = await newPlace({ SECRET_KEY: 'another secret, long enough to be one' });
    const profile = async (token: string) => {
      const app = await start(place);
      const { status } = await app.api('GET', '/api/v1/user/profile', { token });
      await app.stop();
      return status;
    };
    await expect(runCommand('restore', [file], place)).rejects.toMatchObject({ code: 'SECRET_KEY_MISSING' });
    await expect(query(place.DATABASE_URL, 'select from users')).rejects.toThrow('does not exist');
    await runCommand('restore', [file], { ...place, SECRET_KEY_PREVIOUS: SECRET_KEY });
    expect(await profile(scene.person.token)).toBe(200);
    await runCommand('restore', [file, '--without-secret'], place);
    expect(await profile(scene.person.token)).toBe(401);
  }, 40_000);
});

test('a backup with the secret needs no other', async () => {
  const whole = join(folder, 'whole.tar.gz');
  await runCommand('backup', ['--with-secret', '--to', whole], here());
  const { SECRET_KEY: _, ...place } = await newPlace();
  await runCommand('restore', [whole], place);
  const app = await start({ ...place, SECRET_KEY: '' });
  expect((await app.api('GET', '/api/v1/user/profile', { token: scene.person.token })).status).toBe(200);
  await app.stop();
}, 30_000);

test('a full disk is said and leaves nothing', async () => {
  const target = await mkdtemp(join(folder, 'full-'));
  const main = resolve(__dirname, '../../dist/src/main.js');
  const env = { PATH: process.env.PATH, ...here() };
  const said = await new Promise<string>((done) =>
    execFile(
      'sh',
      ['-c', `ulimit -f 20; exec "${process.execPath}" "${main}" backup --to "${target}/a.tar"`],
      { env, timeout: 30_000 },
      (error, _, stderr) => done(`${error?.code}: ${stderr}`),
    ),
  );
  expect(said).toBe(`1: There is no room left in ${target}: no backup was written.\n`);
  expect(await readdir(target)).toEqual([]);
}, 40_000);

test('the daily backups: as many as are to be kept', async () => {
  const daily = await mkdtemp(join(folder, 'daily-'));
  for (const day of ['01', '02', '03']) {
    await writeFile(join(daily, `nightly-2020-01-${day}T00-00-00Z.tar.gz`), '');
  }
  await writeFile(join(daily, 'mine.tar.gz'), '');
  const app = await startTestApp({ BACKUP_DIR: daily, BACKUP_KEEP: '2' });
  await app.get(NightlyBackup).run(AbortSignal.timeout(20_000));
  await app.stop();
  const names = (await readdir(daily)).sort();
  expect(names).toEqual(['mine.tar.gz', 'nightly-2020-01-03T00-00-00Z.tar.gz', expect.stringMatching(/^nightly-2/)]);
}, 30_000);
