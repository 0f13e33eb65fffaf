import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { ArtifactsService } from '../../src/core/artifacts/artifacts.service.js';
import { IdentityService } from '../../src/core/identity/identity.service.js';
import { toDriverOptions } from '../../src/platform/database/connection.js';
import { Database } from '../../src/platform/database/database.js';
import { writeArchive } from '../../src/start/backup/archive-writer.js';
import { FORMAT, MANIFEST, tablePart } from '../../src/start/backup/manifest.js';
import { startTestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase, toUrl } from '../support/chaos/database-url.js';
import { runCommand } from '../support/commands.js';

const SECRET_KEY = 'the secret that the backed up instance has';

let folder: string;
let database: TestDatabase;
let place: { DATABASE_URL: string; DATA_DIR: string };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-backup-'));
  database = await createTestDatabase();
  place = { DATABASE_URL: toUrl(database.connection), DATA_DIR: join(folder, 'restored') };
});

afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

async function count(table: string, where: string): Promise<number> {
  const client = new pg.Client(toDriverOptions(database.connection).pg);
  await client.connect();
  const { rowCount } = await client.query(`select from ${table} where ${where}`);
  await client.end();
  return rowCount ?? 0;
}

const pathOf = (data: string, id: string) => join(data, 'artifacts', id.slice(-2), id);

test('a file that rotted in the store is told, and costs nothing else', async () => {
  const app = await startTestApp({ SECRET_KEY });
  const archive = join(folder, 'backup.tar.gz');
  const { token } = await app.signIn();
  const principal = await app.get(IdentityService).authenticate({ scheme: 'bearer', token }, { ip: '' });
  const origin = { sessionId: null, planId: null, nodeId: null, serverId: null, tool: null };
  const keep = async (bytes: string) => {
    const file = { name: 'a.txt', contentType: 'text/plain', bytes: Buffer.from(bytes) };
    const kept = await app.get(ArtifactsService).keep(principal, origin, file);
    await app.get(Database).transaction(() => app.get(ArtifactsService).record(kept));
    return kept.id;
  };
  const [rotten, whole] = [await keep('as it was'), await keep('whole')];
  await writeFile(pathOf(app.dataDirectory, rotten), 'as it is!');

  const { databaseUrl: DATABASE_URL, dataDirectory: DATA_DIR } = app;
  const said = await runCommand('backup', ['--with-secret', '--to', archive], { DATABASE_URL, DATA_DIR, SECRET_KEY });
  await app.stop();
  expect(said).toContain(`The bytes of ${rotten} are missing or not whole in the store.`);

  await runCommand('restore', [archive], place);
  expect(await count('artifacts', `id in ('${rotten}', '${whole}')`)).toBe(2);
  expect(await readFile(pathOf(place.DATA_DIR, whole), 'utf8')).toBe('whole');
  await expect(stat(pathOf(place.DATA_DIR, rotten))).rejects.toThrow('ENOENT');
}, 40_000);

test("a file that would write into tables that are not the product's is refused", async () => {
  const row = Buffer.from('0\t0\t0\tby a stranger\n');
  const figures = {
    name: 'pg_description',
    columns: ['objoid', 'classoid', 'objsubid', 'description'],
    rows: 1,
    bytes: row.length,
    sha256: createHash('sha256').update(row).digest('hex'),
  };
  const manifest = {
    product: 'switchyard',
    format: FORMAT,
    version: '1.0.0',
    made_at: new Date().toISOString(),
    migrations: [],
    secrets: [],
    secret_included: false,
    tables: [figures],
    artifacts: { count: 0, bytes: 0 },
    damaged: [],
  };
  const hostile = join(folder, 'hostile.tar');
  await writeArchive(hostile, async (archive) => {
    await archive.add(tablePart(figures.name, 1), row.length, [row]);
    const text = Buffer.from(JSON.stringify(manifest));
    await archive.add(MANIFEST, text.length, [text]);
  });
  await expect(runCommand('restore', [hostile], place)).rejects.toMatchObject({ code: 'BACKUP_DOES_NOT_FIT' });
  expect(await count('pg_description', `description = 'by a stranger'`)).toBe(0);
});
