import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import pg from 'pg';
import { type ArtifactStore } from '../../core/artifacts/artifact-store.port.js';
import { type DatabaseConnection, toDriverOptions } from '../../platform/database/connection.js';
import { toAppError } from '../../platform/errors/app-error.js';
import { productVersion } from '../../platform/product-version.js';
import { makeFolder } from '../folders.js';
import { type ArchiveWriter, writeArchive } from './archive-writer.js';
import { dumpTables } from './dump-database.js';
import { artifactEntry, FORMAT, MANIFEST, Manifest, SECRET } from './manifest.js';

interface BackupParts {
  connection: DatabaseConnection;
  store: ArtifactStore;
  file: string;
  /** Included as it is: whoever has the file then opens everything. */
  secret?: Uint8Array;
  signal?: AbortSignal;
}

const PAGE = 500;
/** Fits into what is read of a manifest. */
const DAMAGED_AT_MOST = 100_000;

interface ArtifactRow {
  id: string;
  size: string;
  sha256: string;
}

/**
 * One file with the database as it is at one moment, and the artifacts of that moment; the product may run meanwhile.
 * @throws AppError NO_SPACE; nothing is left when it fails
 */
export async function writeBackup({ connection, store, file, secret, signal }: BackupParts): Promise<Manifest> {
  await makeFolder(dirname(file), 0o700, 'The backup');
  const client = new pg.Client({ ...toDriverOptions(connection).pg, application_name: 'switchyard command' });
  // A connection that breaks fails the query on it, which is told.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    // Files come after the tables: the transaction stands idle for as long as they take.
    await client.query('set local idle_in_transaction_session_timeout = 0; set local statement_timeout = 0');
    let manifest: Manifest | undefined;
    await writeArchive(file, async (archive) => {
      const tables = await dumpTables(client, archive);
      const artifacts = await addArtifacts(client, store, archive, signal);
      if (secret) await archive.add(SECRET, secret.byteLength, [secret]);
      manifest = {
        product: 'switchyard',
        format: FORMAT,
        version: productVersion(),
        made_at: new Date().toISOString(),
        migrations: await column(client, 'select name from migrations order by id'),
        secrets: await column(client, 'select distinct wrapped_by from keys'),
        secret_included: secret !== undefined,
        tables,
        ...artifacts,
      };
      const text = Buffer.from(JSON.stringify(manifest, null, 2));
      await archive.add(MANIFEST, text.byteLength, [text]);
    });
    return Manifest.parse(manifest);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function addArtifacts(
  client: pg.Client,
  store: ArtifactStore,
  archive: ArchiveWriter,
  signal?: AbortSignal,
): Promise<Pick<Manifest, 'artifacts' | 'damaged'>> {
  const artifacts = { count: 0, bytes: 0 };
  const damaged: string[] = [];
  for (let last = ''; ;) {
    const { rows } = await client.query<ArtifactRow>(
      'select id, size, sha256 from artifacts where id > $1 and removed_at is null order by id limit $2',
      [last, PAGE],
    );
    for (const { id, size, sha256 } of rows) {
      signal?.throwIfAborted();
      if (await addArtifact({ id, size: Number(size), sha256 }, store, archive)) {
        artifacts.count += 1;
        artifacts.bytes += Number(size);
      } else if (damaged.length < DAMAGED_AT_MOST) damaged.push(id);
    }
    if (rows.length < PAGE) return { artifacts, damaged };
    last = rows.at(-1)?.id ?? last;
  }
}

/** @returns whether it was whole: one that is not is in the archive all the same, filled up, since its entry was begun */
async function addArtifact(
  { id, size, sha256 }: { id: string; size: number; sha256: string },
  store: ArtifactStore,
  archive: ArchiveWriter,
): Promise<boolean> {
  const bytes = await store.read(id).catch((error: unknown) => {
    if (toAppError(error).code === 'ARTIFACT_BYTES_MISSING') return undefined;
    throw error;
  });
  if (!bytes) return false;
  let taken = 0;
  const hash = createHash('sha256');
  async function* whole(source: AsyncIterable<Uint8Array>) {
    for await (const part of source) {
      hash.update(part);
      const fitting = part.subarray(0, Math.max(0, size - taken));
      taken += part.byteLength;
      if (fitting.byteLength > 0) yield fitting;
    }
    for (let left = size - taken; left > 0; left -= FILLER.byteLength) yield FILLER.subarray(0, left);
  }
  await archive.add(artifactEntry(id, sha256), size, whole(bytes));
  return taken === size && hash.digest('hex') === sha256;
}

const FILLER = Buffer.alloc(65_536);

async function column(client: pg.Client, query: string): Promise<string[]> {
  const { rows } = await client.query<string[]>({ text: query, rowMode: 'array' });
  return rows.map(([value]) => value ?? '');
}
