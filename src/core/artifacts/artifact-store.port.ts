import type { Readable } from 'node:stream';
import { AppError } from '../../platform/errors/app-error.js';

export interface ByteRange {
  /** First and last byte, both included. */
  start: number;
  end: number;
}

export interface StoreOptions {
  signal?: AbortSignal;
}

/**
 * Keeps the bytes of artifacts. Keys are opaque, of `a-z0-9_`; contents never change once written.
 * Each method throws the signal's reason when it is aborted, and `storeUnavailable` when the technology does not answer.
 */
export abstract class ArtifactStore {
  /**
   * All bytes are safe when it resolves; nothing is left when it rejects.
   * @throws storageIsFull; whatever `bytes` throws; an Error when the key is taken or not safe
   */
  abstract write(
    key: string,
    bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    options?: StoreOptions,
  ): Promise<void>;
  /** A stream that may itself fail later. @throws bytesAreMissing */
  abstract read(key: string, range?: ByteRange, options?: StoreOptions): Promise<Readable>;
  /** Nothing under the key is fine. */
  abstract remove(key: string, options?: StoreOptions): Promise<void>;
}

export const bytesAreMissing = (cause: unknown) =>
  new AppError('gone', 'ARTIFACT_BYTES_MISSING', 'The contents of this file are no longer in the store.', { cause });

export const storageIsFull = (cause: unknown) =>
  new AppError('unavailable', 'STORAGE_FULL', 'There is no room left to store files.', {
    cause,
    retryAfterSeconds: 60,
  });

export const storeUnavailable = (cause: unknown) =>
  new AppError('unavailable', 'ARTIFACT_STORE_UNAVAILABLE', 'The file store does not answer just now. Try again.', {
    cause,
    retryAfterSeconds: 5,
  });

const SAFE_KEY = /^[a-z0-9_]{4,80}$/;

/** @throws for a key that could leave its folder */
export function checkKey(key: string): void {
  if (!SAFE_KEY.test(key)) throw new Error('The artifact key is not safe.');
}
