import { createHash } from 'node:crypto';
import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { ArchiveWriter } from './archive-writer.js';
import { JOBS, type TableFigures, tablePart } from './manifest.js';

/** Parts of a table: what is in memory at a time. */
const PART_BYTES = 4 * 1024 * 1024;

/**
 * What says only who lives and listens just now, what the migrations write by themselves, links by mail (one that was used
 * after the backup would work once more), and the mails of development, which have such links in them.
 */
const NOT_KEPT = [
  'worker_processes',
  'socket_tickets',
  'unrecorded_artifacts',
  'mail_links',
  'dev_mails',
  'password_attempts',
  'large_hints',
  'migrations',
];

interface Table {
  name: string;
  columns: string[];
}

/** The product's tables, each after those that it refers to. */
export async function listTables(client: pg.Client): Promise<Table[]> {
  const { rows } = await client.query<Table>(
    `select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = current_schema()::regnamespace
       and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and c.relname <> all($1)
     group by c.relname order by c.relname`,
    [NOT_KEPT],
  );
  const { rows: references } = await client.query<{ from: string; to: string }>(
    `select c.relname as "from", t.relname as "to" from pg_constraint k
     join pg_class c on c.oid = k.conrelid join pg_class t on t.oid = k.confrelid
     where k.contype = 'f' and k.connamespace = current_schema()::regnamespace and k.conrelid <> k.confrelid`,
  );
  const sorted: Table[] = [];
  for (let left = rows; left.length > 0;) {
    const names = new Set(left.map(({ name }) => name));
    const free = left.filter(({ name }) => !references.some(({ from, to }) => from === name && names.has(to)));
    if (free.length === 0) throw new Error('Tables refer to one another in a ring.');
    sorted.push(...free);
    left = left.filter((table) => !free.includes(table));
  }
  return sorted;
}

export async function dumpTables(client: pg.Client, archive: ArchiveWriter): Promise<TableFigures[]> {
  const figures: TableFigures[] = [];
  for (const { name, columns } of await listTables(client)) {
    const list = columns.map((column) => `"${column}"`).join(', ');
    figures.push(await dump(client, archive, { name, columns }, `copy (select ${list} from "${name}") to stdout`));
  }
  const pending = `select t.identifier, j.payload, q.queue_name, j.run_at, j.max_attempts, j.key, j.priority,
      array(select jsonb_object_keys(j.flags)) as flags
    from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
    left join graphile_worker._private_job_queues q on q.id = j.job_queue_id
    where j.attempts < j.max_attempts order by j.id`;
  figures.push(await dump(client, archive, { name: JOBS, columns: JOB_COLUMNS }, `copy (${pending}) to stdout`));
  return figures;
}

const JOB_COLUMNS = ['identifier', 'payload', 'queue_name', 'run_at', 'max_attempts', 'key', 'priority', 'flags'];

async function dump(client: pg.Client, archive: ArchiveWriter, table: Table, statement: string): Promise<TableFigures> {
  const rows = client.query(copyTo(statement));
  const hash = createHash('sha256');
  let bytes = 0;
  let part = 0;
  let waiting: Buffer[] = [];
  let size = 0;
  const flush = async () => {
    part += 1;
    const full = waiting;
    const length = size;
    [waiting, size] = [[], 0];
    await archive.add(tablePart(table.name, part), length, full);
  };
  for await (const chunk of rows as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.byteLength;
    waiting.push(chunk);
    size += chunk.byteLength;
    if (size >= PART_BYTES) await flush();
  }
  if (size > 0 || part === 0) await flush();
  // The server tells the count behind the last row: once it has answered what comes next, it is here.
  await client.query('select 1');
  return { ...table, rows: rows.rowCount, bytes, sha256: hash.digest('hex') };
}
