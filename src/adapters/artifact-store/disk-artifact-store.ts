import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { link, mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ArtifactStore, type ByteRange } from '../../core/artifacts/artifact-store.port.js';

/** One file each, in folders by the key's last two characters. */
export class DiskArtifactStore extends ArtifactStore {
  constructor(private readonly root: string) {
    super();
  }

  async write(key: string, bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    const target = this.pathOf(key);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    const partial = `${target}.${randomUUID()}.partial`;
    try {
      // `flush` syncs the file, so that a row that names it never outlives its bytes.
      await pipeline(Readable.from(bytes), createWriteStream(partial, { mode: 0o600, flush: true }));
      await link(partial, target); // unlike rename, refuses to replace
    } finally {
      await rm(partial, { force: true });
    }
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    const file = await open(this.pathOf(key), 'r');
    return createReadStream('', { fd: file, ...range });
  }

  async remove(key: string): Promise<void> {
    await rm(this.pathOf(key), { force: true });
  }

  private pathOf(key: string): string {
    if (!/^[a-z0-9_]{4,80}$/.test(key)) throw new Error('The artifact key is not safe.');
    return join(this.root, key.slice(-2), key);
  }
}
