import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract as createExtract } from 'tar-stream';
import { AppError } from '../../platform/errors/app-error.js';
import { MANIFEST, Manifest, SECRET } from './manifest.js';

const MANIFEST_BYTES = 16 * 1024 * 1024;
const SECRET_BYTES = 4_096;

export type ArchiveEntry =
  | { kind: 'table'; name: string; part: number; bytes: AsyncIterable<Uint8Array> }
  | { kind: 'artifact'; id: string; sha256: string; size: number; bytes: AsyncIterable<Uint8Array> }
  | { kind: 'secret'; bytes: AsyncIterable<Uint8Array> }
  | { kind: 'manifest'; bytes: AsyncIterable<Uint8Array> };

/** The entries of a backup in their order; each has to be read before the next one comes. @throws AppError BACKUP_UNREADABLE */
export async function* readArchive(file: string): AsyncGenerator<ArchiveEntry> {
  const extract = createExtract();
  const gzipped = await isGzipped(file);
  const source = createReadStream(file);
  const read = gzipped ? pipeline(source, createGunzip(), extract) : pipeline(source, extract);
  // Told by the loop below, which fails as well.
  read.catch(() => undefined);
  try {
    for await (const entry of extract) {
      yield parseEntry(entry.header.name, entry.header.size ?? 0, whole(entry as AsyncIterable<Uint8Array>));
      entry.resume();
    }
    await read;
  } catch (error) {
    throw error instanceof AppError ? error : damaged(error);
  } finally {
    source.destroy();
  }
}

/** A file that breaks off fails whoever reads the entry. */
async function* whole(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (error) {
    throw damaged(error);
  }
}

/** By its first bytes (RFC 1952, section 2.3.1): a file may be renamed. */
async function isGzipped(file: string): Promise<boolean> {
  const handle = await open(file, 'r').catch((error: Error) => {
    throw unreadable(error.message, error);
  });
  try {
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}

function parseEntry(name: string, size: number, bytes: AsyncIterable<Uint8Array>): ArchiveEntry {
  if (name === MANIFEST) return { kind: 'manifest', bytes };
  if (name === SECRET) return { kind: 'secret', bytes };
  const [, table = '', part = ''] = /^table\/([a-z0-9_]{1,63})\/(\d{6,9})$/.exec(name) ?? [];
  if (table) return { kind: 'table', name: table, part: Number(part), bytes };
  const [, sha256 = '', id = ''] = /^artifact\/([0-9a-f]{64})\/([a-z0-9_]{4,80})$/.exec(name) ?? [];
  if (id) return { kind: 'artifact', id, sha256, size, bytes };
  throw unreadable('it has entries of another kind');
}

export interface VerifiedBackup {
  manifest: Manifest;
  secret: Buffer | undefined;
}

/**
 * Reads the whole file once and compares all hashes and sizes with its manifest.
 * @throws AppError BACKUP_UNREADABLE
 */
export async function verifyArchive(file: string): Promise<VerifiedBackup> {
  const tables = new Map<string, { hash: Hash; bytes: number; parts: number }>();
  const artifacts = { count: 0, bytes: 0 };
  const wrong = new Set<string>();
  let manifest: Manifest | undefined;
  let secret: Buffer | undefined;
  for await (const entry of readArchive(file)) {
    if (manifest) throw unreadable('something follows its manifest');
    if (entry.kind === 'manifest') manifest = parseManifest(await collect(entry.bytes, MANIFEST_BYTES));
    else if (entry.kind === 'secret') secret = await collect(entry.bytes, SECRET_BYTES);
    else if (entry.kind === 'table') {
      const table = tables.get(entry.name) ?? { hash: createHash('sha256'), bytes: 0, parts: 0 };
      if (entry.part !== table.parts + 1) throw unreadable('parts of a table are missing');
      for await (const part of entry.bytes) {
        table.hash.update(part);
        table.bytes += part.byteLength;
      }
      tables.set(entry.name, { ...table, parts: table.parts + 1 });
    } else {
      const hash = createHash('sha256');
      for await (const part of entry.bytes) hash.update(part);
      if (hash.digest('hex') === entry.sha256) {
        artifacts.count += 1;
        artifacts.bytes += entry.size;
      } else wrong.add(entry.id);
    }
  }
  if (!manifest) throw unreadable('it is not complete');
  for (const { name, bytes, sha256 } of manifest.tables) {
    const found = tables.get(name);
    if (found?.bytes !== bytes || found.hash.digest('hex') !== sha256) throw unreadable(`the table ${name} is damaged`);
  }
  const damaged = new Set(manifest.damaged);
  const same = artifacts.count === manifest.artifacts.count && artifacts.bytes === manifest.artifacts.bytes;
  if (!same || [...wrong].some((id) => !damaged.has(id))) throw unreadable('files in it are damaged');
  return { manifest, secret };
}

function parseManifest(text: Buffer): Manifest {
  let content: unknown;
  try {
    content = JSON.parse(text.toString('utf8'));
  } catch (error) {
    throw unreadable('its manifest is damaged', error);
  }
  const parsed = Manifest.safeParse(content);
  if (!parsed.success) throw unreadable('its manifest is of a form that this version does not know', parsed.error);
  return parsed.data;
}

async function collect(bytes: AsyncIterable<Uint8Array>, most: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of bytes) {
    size += part.byteLength;
    if (size > most) throw unreadable('an entry is larger than it can be');
    parts.push(part);
  }
  return Buffer.concat(parts);
}

const damaged = (cause: unknown) => unreadable(`it breaks off or is damaged (${(cause as Error).message})`, cause);

const unreadable = (why: string, cause?: unknown) =>
  new AppError('invalid', 'BACKUP_UNREADABLE', `This is no backup that can be restored: ${why}. Nothing was changed.`, {
    cause,
  });
