import type { Readable } from 'node:stream';

export interface ByteRange {
  /** First and last byte, both included. */
  start: number;
  end: number;
}

/** Keeps the bytes of artifacts. Keys are opaque; contents never change once written. */
export abstract class ArtifactStore {
  abstract write(key: string, bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void>;
  /** @throws when there is nothing under the key */
  abstract read(key: string, range?: ByteRange): Promise<Readable>;
  abstract remove(key: string): Promise<void>;
}
