import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { type ArtifactStore } from '../../core/artifacts/artifact-store.port.js';
import { AppError } from '../../platform/errors/app-error.js';
import { type ArchiveEntry, readArchive } from './read-archive.js';
import { JOBS, type Manifest, type TableFigures } from './manifest.js';

const CREATE_JOBS = `create table ${JOBS} (identifier text not null, payload json, queue_name text, run_at timestamptz,
  max_attempts int, key text, priority int, flags text[])`;

/**
 * Fills the tables of the schema, which the client's search path names, and writes artifacts that the store does not have.
 * @throws AppError BACKUP_DOES_NOT_FIT
 */
export async function loadArchive(
  client: pg.Client,
  store: ArtifactStore,
  { file, manifest, schema }: { file: string; manifest: Manifest; schema: string },
): Promise<void> {
  await client.query(CREATE_JOBS);
  const damaged = new Set(manifest.damaged);
  const entries = readArchive(file);
  let next = await entries.next();
  while (!next.done) {
    const entry = next.value;
    if (entry.kind === 'table') {
      const figures = manifest.tables.find(({ name }) => name === entry.name);
      if (!figures) throw doesNotFit(`its manifest does not name the table ${entry.name}`);
      const following = new Following(entries, entry.name, entry.bytes);
      await loadTable(client, schema, figures, following);
      next = await following.rest();
      continue;
    }
    if (entry.kind === 'artifact' && !damaged.has(entry.id)) await keep(store, entry);
    next = await entries.next();
  }
  await moveSequences(client);
}

/** The parts of one table as one stream, up to the first entry of something else. */
class Following implements AsyncIterable<Uint8Array> {
  private after: IteratorResult<ArchiveEntry> | undefined;

  constructor(
    private readonly entries: AsyncGenerator<ArchiveEntry>,
    private readonly name: string,
    private readonly first: AsyncIterable<Uint8Array>,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    yield* this.first;
    for (;;) {
      const next = await this.entries.next();
      if (next.done || next.value.kind !== 'table' || next.value.name !== this.name) {
        this.after = next;
        return;
      }
      yield* next.value.bytes;
    }
  }

  async rest(): Promise<IteratorResult<ArchiveEntry>> {
    return this.after ?? this.entries.next();
  }
}

async function loadTable(
  client: pg.Client,
  schema: string,
  { name, columns, rows }: TableFigures,
  bytes: AsyncIterable<Uint8Array>,
) {
  const list = columns.map((column) => `"${column}"`).join(', ');
  // With its schema: a bare name may be one of the database's own tables, which come first on every search path.
  const target = client.query(copyFrom(`copy "${schema}"."${name}" (${list}) from stdin`));
  try {
    await pipeline(Readable.from(bytes), target);
  } catch (error) {
    throw doesNotFit(`the table ${name} could not be filled (${(error as Error).message})`, error);
  }
  if (target.rowCount !== rows) throw doesNotFit(`the table ${name} has other rows than its manifest says`);
}

/** Contents never change once written: what is there under the key is the same file. */
async function keep(store: ArtifactStore, { id, bytes }: Extract<ArchiveEntry, { kind: 'artifact' }>): Promise<void> {
  const known = await store.read(id, { start: 0, end: 0 }).catch(() => undefined);
  known?.destroy();
  if (!known) await store.write(id, bytes);
}

async function moveSequences(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ table: string; column: string }>(
    `select c.relname as "table", a.attname as "column" from pg_attribute a join pg_class c on c.oid = a.attrelid
     where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'
       and pg_get_serial_sequence(quote_ident(c.relname), a.attname) is not null and not a.attisdropped`,
  );
  for (const { table, column } of rows) {
    await client.query(
      `select setval(pg_get_serial_sequence('"${table}"', '${column}'), coalesce(max("${column}"), 0) + 1, false)
       from "${table}"`,
    );
  }
}

const doesNotFit = (why: string, cause?: unknown) =>
  new AppError('conflict', 'BACKUP_DOES_NOT_FIT', `The backup was not restored: ${why}. Nothing was changed.`, {
    cause,
  });
