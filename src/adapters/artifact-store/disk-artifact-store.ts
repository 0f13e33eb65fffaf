import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, mkdir, open, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import {
  ArtifactStore,
  type ByteRange,
  bytesAreMissing,
  checkKey,
  storageIsFull,
  type StoreOptions,
} from '../../core/artifacts/artifact-store.port.js';
import { SourceFailed, untilAborted } from './pieces.js';

const NEVER = new AbortController().signal;
/** No space, no quota, no larger file (the resource limit of the process). */
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** One file each, in folders by the key's last two characters. */
export class DiskArtifactStore extends ArtifactStore {
  constructor(private readonly root: string) {
    super();
  }

  async write(
    key: string,
    bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    { signal = NEVER }: StoreOptions = {},
  ): Promise<void> {
    const target = this.pathOf(key);
    const partial = `${target}.${randomUUID()}.partial`;
    try {
      signal.throwIfAborted();
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      await writeTo(partial, untilAborted(bytes, signal));
      await link(partial, target); // unlike rename, refuses to replace
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof SourceFailed) throw error.cause;
      throw FULL.has(codeOf(error)) ? storageIsFull(error) : error;
    } finally {
      await rm(partial, { force: true });
    }
  }

  async read(key: string, range?: ByteRange, { signal }: StoreOptions = {}): Promise<Readable> {
    signal?.throwIfAborted();
    try {
      const file = await open(this.pathOf(key), 'r');
      return createReadStream('', { fd: file, ...range, ...(signal && { signal }) });
    } catch (error) {
      throw codeOf(error) === 'ENOENT' ? bytesAreMissing(error) : error;
    }
  }

  /** With what a process that died in the middle of writing it left. */
  async remove(key: string): Promise<void> {
    const path = this.pathOf(key);
    const names = await readdir(dirname(path)).catch(() => []);
    const partial = names.filter((name) => name.startsWith(`${key}.`) && name.endsWith('.partial'));
    for (const name of [key, ...partial]) await rm(join(dirname(path), name), { force: true });
  }

  private pathOf(key: string): string {
    checkKey(key);
    return join(this.root, key.slice(-2), key);
  }
}

/** Not as a stream: one that fails at once lets go while its file is still being made, after whoever removes it. */
async function writeTo(path: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(pieces);
    await file.sync(); // a row that names it never outlives its bytes
  } finally {
    await file.close();
  }
}

const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException | null)?.code ?? '');
