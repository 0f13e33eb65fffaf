import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Pack, pack as createPack } from 'tar-stream';
import { AppError } from '../../platform/errors/app-error.js';

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/**
 * Writes a tar (POSIX.1-2001 pax), gzipped when its name ends in `.gz`; under its name once it is whole and synced.
 * @throws AppError NO_SPACE; whatever `fill` throws; nothing is left then
 */
export async function writeArchive(file: string, fill: (archive: ArchiveWriter) => Promise<void>): Promise<void> {
  const partial = `${file}.${process.pid}.partial`;
  const pack = createPack();
  const target = createWriteStream(partial, { mode: 0o600, flush: true, flags: 'wx' });
  const written = file.endsWith('.gz') ? pipeline(pack, createGzip({ level: 3 }), target) : pipeline(pack, target);
  const filled = fill(new ArchiveWriter(pack)).then(
    () => pack.finalize(),
    (error: Error) => {
      pack.destroy(error);
      throw error;
    },
  );
  try {
    const ends = await Promise.allSettled([filled, written]);
    const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as NodeJS.ErrnoException] : []));
    const full = failures.find(({ code }) => FULL.has(code ?? ''));
    if (full) throw noSpace(file, full);
    if (failures[0]) throw failures[0];
    await rename(partial, file);
    await syncFolder(dirname(file));
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

export class ArchiveWriter {
  constructor(private readonly pack: Pack) {}

  /** Resolves when the next entry may come: what is in memory is bounded by the parts. */
  async add(name: string, size: number, parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    let tell: (error?: Error | null) => void = () => undefined;
    const ended = new Promise<void>((resolve, reject) => {
      tell = (error) => (error ? reject(error) : resolve());
    });
    const entry = this.pack.entry({ name, size, mode: 0o600, type: 'file' }, tell);
    // Without a listener a broken archive would end the process.
    entry.on('error', () => undefined);
    ended.catch(() => undefined);
    for await (const part of parts) {
      if (!entry.write(part)) await Promise.race([drained(entry), ended]);
    }
    entry.end(null);
    await ended;
  }
}

const drained = (entry: NodeJS.EventEmitter) => new Promise<void>((resolve) => entry.once('drain', resolve));

/** So that the new name outlives a power cut. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

const noSpace = (file: string, cause: unknown) =>
  new AppError('unavailable', 'NO_SPACE', `There is no room left in ${dirname(file)}: no backup was written.`, {
    cause,
  });
