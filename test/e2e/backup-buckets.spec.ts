import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startTestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase, toUrl } from '../support/chaos/database-url.js';
import { runCommand } from '../support/commands.js';
import { startTestStore, type TestStore } from '../support/s3.js';
import { TRANSPORTS } from '../support/session-clients.js';
import { sha256 } from '../support/upstreams/files.js';
import { ended, proposeOne, type Scene, startScene } from './support/scene.js';

const SECRET_KEY = 'the secret that the backed up instance has';

interface MadeFile {
  artifact_id: string;
  sha256: string;
  url: string;
}

let origin: TestStore;
let other: TestStore;
let scene: Scene;
let folder: string;
let file: string;
let files: MadeFile[];
const databases: TestDatabase[] = [];

beforeAll(async () => {
  [origin, other] = [await startTestStore(), await startTestStore()];
  scene = await startScene({ ...origin.settings, S3_PREFIX: 'here/', SECRET_KEY });
  folder = await mkdtemp(join(tmpdir(), 'switchyard-buckets-'));
  file = join(folder, 'backup.tar.gz');
  const [transport] = TRANSPORTS;
  if (!transport) throw new Error('There are transports.');
  const client = await scene.join(transport);
  for (const kind of ['bytes', 'media', 'big']) {
    const { node } = await proposeOne(client, 'make_files', { kind });
    client.send('approve_task', { node_id: node });
    await client.next(ended('done'));
  }
  files = client.frames
    .filter(({ type }) => type === 'artifact_generated')
    .map(({ payload }) => payload as unknown as MadeFile);
  await runCommand('backup', ['--to', file], here());
}, 60_000);
beforeEach(() => origin.failWith(undefined));
afterAll(async () => {
  await scene.stop();
  for (const database of databases) await database.drop();
  await Promise.all([origin.close(), other.close()]);
  await rm(folder, { recursive: true, force: true });
});

const here = () => ({
  ...origin.settings,
  S3_PREFIX: 'here/',
  DATABASE_URL: scene.app.databaseUrl,
  DATA_DIR: scene.app.dataDirectory,
  SECRET_KEY,
});

async function newPlace(settings: Record<string, string> = {}): Promise<Record<string, string>> {
  const database = await createTestDatabase();
  databases.push(database);
  const data = await mkdtemp(join(folder, 'data-'));
  return { DATABASE_URL: toUrl(database.connection), DATA_DIR: data, SECRET_KEY, ...settings };
}

/** The hash of each file as the product gives it out that runs there. */
async function downloads(place: Record<string, string>): Promise<string[]> {
  const app = await startTestApp(place);
  try {
    const { token } = scene.person;
    const answers = await Promise.all(files.map(({ url }) => app.api('GET', url, { token })));
    return answers.map(({ bytes }) => sha256(bytes));
  } finally {
    await app.stop();
  }
}

const namesIn = async (place: string) => (await readdir(place, { recursive: true })).join('\n');

describe('a backup of files in a bucket', () => {
  test('is restored into another bucket, under another prefix', async () => {
    const place = await newPlace({ ...other.settings, S3_PREFIX: 'there/' });
    const said = await runCommand('restore', [file], place);
    expect(said.at(-2)).toContain(` ${files.length} files, `);
    const names = await namesIn(join(other.folder, 'there'));
    for (const { artifact_id } of files) expect(names).toContain(artifact_id);
    expect(await downloads(place)).toEqual(files.map((made) => made.sha256));
  }, 30_000);

  test('is restored onto a disk, and a backup of that into a bucket again', async () => {
    const disk = await newPlace();
    await runCommand('restore', [file], disk);
    const names = await namesIn(join(disk.DATA_DIR ?? '', 'artifacts'));
    for (const { artifact_id } of files) expect(names).toContain(artifact_id);
    expect(await downloads(disk)).toEqual(files.map((made) => made.sha256));
    const again = join(folder, 'again.tar');
    await runCommand('backup', ['--to', again], disk);
    const bucket = await newPlace({ ...other.settings, S3_PREFIX: 'back/' });
    await runCommand('restore', [again], bucket);
    expect(await downloads(bucket)).toEqual(files.map((made) => made.sha256));
  }, 40_000);

  test('is made and put back by commands that end by themselves', async () => {
    const place = await newPlace({ ...other.settings, S3_PREFIX: 'twice/' });
    const run = (...args: string[]) =>
      new Promise<[unknown, string]>((done) =>
        execFile(
          process.execPath,
          [resolve(__dirname, '../../dist/src/main.js'), ...args],
          { env: { PATH: process.env.PATH, ...place }, timeout: 60_000 },
          (error, _, stderr) => done([error?.code, stderr]),
        ),
      );
    expect(await run('restore', file)).toEqual([undefined, '']);
    expect(await run('backup', '--to', join(folder, 'twice.tar'))).toEqual([undefined, '']);
  }, 70_000);
});

describe('while the bucket is away', () => {
  const away = { status: 403, code: 'AccessDenied' };

  test('no backup is written, and that is said', async () => {
    origin.failWith(away);
    const none = join(folder, 'none.tar.gz');
    await expect(runCommand('backup', ['--to', none], here())).rejects.toMatchObject({
      name: 'AppError',
      code: 'ARTIFACT_STORE_UNAVAILABLE',
    });
    expect((await readdir(folder)).filter((name) => name.startsWith('none'))).toEqual([]);
  });

  test('a restore changes nothing, and is done wholly once it is there', async () => {
    const place = await newPlace({ ...origin.settings, S3_PREFIX: 'elsewhere/' });
    origin.failWith(away);
    await expect(runCommand('restore', [file], place)).rejects.toMatchObject({
      name: 'AppError',
      code: 'ARTIFACT_STORE_UNAVAILABLE',
    });
    origin.failWith(undefined);
    await runCommand('restore', [file], place);
    expect(await downloads(place)).toEqual(files.map((made) => made.sha256));
  }, 30_000);
});
