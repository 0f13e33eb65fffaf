import { ScopedSignal } from '../../platform/scoped-signal.js';

/** What the caller's own source of bytes threw, kept apart from faults of the store. */
export class SourceFailed extends Error {
  override readonly name = 'SourceFailed';
}

export interface Part {
  bytes: Buffer;
  last: boolean;
}

export type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** The same pieces; an abort ends it even while the source hangs. @throws SourceFailed; the signal's reason */
export async function* untilAborted(source: Bytes, signal: AbortSignal): AsyncGenerator<Uint8Array, undefined> {
  const pieces = iteratorOf(source);
  try {
    for (;;) {
      const next = await orAborted(Promise.resolve(pieces.next()), signal).catch((cause: unknown) => {
        throw signal.aborted ? cause : new SourceFailed('The bytes to store could not be read.', { cause });
      });
      if (next.done) return undefined;
      yield next.value;
    }
  } finally {
    // Not awaited: a source that hangs would hang its end too.
    void Promise.resolve(pieces.return?.()).catch(() => undefined);
  }
}

/** In parts of exactly `size`, the last one smaller, maybe empty. */
export async function* inParts(pieces: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Part, undefined> {
  let waiting: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces) {
    waiting.push(piece);
    length += piece.byteLength;
    if (length < size) continue;
    let rest = Buffer.concat(waiting, length);
    for (; rest.byteLength >= size; rest = rest.subarray(size)) yield { bytes: rest.subarray(0, size), last: false };
    waiting = [rest];
    length = rest.byteLength;
  }
  yield { bytes: Buffer.concat(waiting, length), last: true };
  return undefined;
}

export async function readPart(parts: AsyncGenerator<Part, undefined>): Promise<Part> {
  const { value } = await parts.next();
  if (!value) throw new Error('There is no part after the last one.');
  return value;
}

/** The next piece; undefined at the end. @throws when none comes in time */
export async function nextWithin<T>(
  pieces: AsyncIterator<T>,
  ms: number,
  signal: AbortSignal | undefined,
): Promise<T | undefined> {
  const scoped = new ScopedSignal(signal ? [signal] : [], ms);
  try {
    const next = await orAborted(pieces.next(), scoped.signal);
    return next.done ? undefined : next.value;
  } finally {
    scoped.end();
  }
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

const iteratorOf = (source: Bytes): AsyncIterator<Uint8Array> | Iterator<Uint8Array> =>
  Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
