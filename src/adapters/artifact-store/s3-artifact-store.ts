import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { OnApplicationShutdown } from '@nestjs/common';
import {
  ArtifactStore,
  type ByteRange,
  checkKey,
  type StoreOptions,
} from '../../core/artifacts/artifact-store.port.js';
import { ScopedSignal } from '../../platform/scoped-signal.js';
import { inParts, nextWithin, readPart, SourceFailed, untilAborted } from './pieces.js';
import { isMissing, isNotImplemented, isTaken, keyIsTaken, toStoreError } from './s3-faults.js';
import { MultipartUpload, type ObjectPlace } from './s3-multipart.js';

export interface S3Place {
  bucket: string;
  region: string;
  /** Of a store that is not Amazon's. */
  endpoint: string | undefined;
  /** Absent: those of the machine's role, as the SDK finds them. */
  credentials: { accessKeyId: string; secretAccessKey: string } | undefined;
  /** Before each key, e.g. `switchyard/`; may be empty. */
  prefix: string;
  /** `<endpoint>/<bucket>/<key>` instead of `<bucket>.<endpoint>/<key>`. */
  pathStyle: boolean;
}

const CONNECT_MS = 5_000;
/** For one request of the SDK, which makes up to three. */
const REQUEST_MS = 30_000;
/** For what is small: a head, a removal, the beginning of an answer. */
const SHORT_MS = 30_000;
const WRITE_MS = 10 * 60_000;
/** Between two pieces of an answer, while somebody waits for the next. */
const PIECE_MS = 30_000;
/** What is larger is sent in parts, one after another; S3 takes none below 5 MiB. */
const PART_BYTES = 8 * 1024 * 1024;

/** One object each, under a prefix, in a bucket of any store that speaks Amazon's protocol. */
export class S3ArtifactStore extends ArtifactStore implements OnApplicationShutdown {
  private readonly client: S3Client;
  /** Some stores know no `If-None-Match`; there the look before each write has to do. */
  private conditional = true;

  constructor(private readonly place: S3Place) {
    super();
    const { region, endpoint, credentials, pathStyle } = place;
    this.client = new S3Client({
      region,
      forcePathStyle: pathStyle,
      ...(endpoint !== undefined && { endpoint }),
      ...(credentials && { credentials }),
      maxAttempts: 3,
      // The newer checksums are unknown to many stores.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: REQUEST_MS, throwOnRequestTimeout: true },
    });
  }

  /** Whether the bucket can be reached with these keys. @throws storeUnavailable */
  async check(): Promise<void> {
    const command = new HeadBucketCommand({ Bucket: this.place.bucket });
    await this.within(SHORT_MS, undefined, (abortSignal) => this.client.send(command, { abortSignal }));
  }

  async write(
    key: string,
    bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    { signal }: StoreOptions = {},
  ): Promise<void> {
    const place = this.placeOf(key);
    await this.within(WRITE_MS, signal, async (abortSignal) => {
      await this.refuseToReplace(place, abortSignal);
      const parts = inParts(untilAborted(bytes, abortSignal), PART_BYTES);
      try {
        const first = await readPart(parts);
        const second = first.last ? undefined : await readPart(parts);
        if (!second) return await this.putWhole(place, first.bytes, abortSignal);
        const upload = await MultipartUpload.begin(this.client, place, abortSignal);
        await upload.send([first, second], parts);
      } finally {
        await parts.return(undefined);
      }
    });
  }

  async read(key: string, range?: ByteRange, { signal }: StoreOptions = {}): Promise<Readable> {
    const command = new GetObjectCommand({
      ...this.placeOf(key),
      ...(range && { Range: `bytes=${range.start}-${range.end}` }),
    });
    const { Body } = await this.within(SHORT_MS, signal, (abortSignal) => this.client.send(command, { abortSignal }));
    const body = Body as Readable;
    const stream = Readable.from(pieceByPiece(body, signal), { objectMode: false });
    // What was never begun to be read never ends either: it would keep its connection, of which there are few.
    return stream.once('close', () => body.destroy());
  }

  async remove(key: string, { signal }: StoreOptions = {}): Promise<void> {
    const command = new DeleteObjectCommand(this.placeOf(key));
    await this.within(SHORT_MS, signal, (abortSignal) => this.client.send(command, { abortSignal }));
  }

  onApplicationShutdown(): void {
    this.client.destroy();
  }

  private placeOf(key: string): ObjectPlace {
    checkKey(key);
    return { Bucket: this.place.bucket, Key: `${this.place.prefix}${key}` };
  }

  private async refuseToReplace(place: ObjectPlace, abortSignal: AbortSignal): Promise<void> {
    const found = await this.client.send(new HeadObjectCommand(place), { abortSignal }).catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
    if (found) throw keyIsTaken();
  }

  private async putWhole(place: ObjectPlace, bytes: Buffer, abortSignal: AbortSignal): Promise<void> {
    const put = (condition: { IfNoneMatch?: string }) =>
      this.client.send(new PutObjectCommand({ ...place, ...condition, Body: bytes }), { abortSignal });
    try {
      await put(this.conditional ? { IfNoneMatch: '*' } : {});
    } catch (error) {
      if (!this.conditional || !isNotImplemented(error)) throw error;
      this.conditional = false;
      await put({});
    }
  }

  /** With a deadline, and faults in the port's words. */
  private async within<T>(
    ms: number,
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted();
    const scoped = new ScopedSignal(signal ? [signal] : [], ms);
    try {
      return await work(scoped.signal);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (error instanceof SourceFailed) throw error.cause;
      throw isTaken(error) ? keyIsTaken() : toStoreError(error);
    } finally {
      scoped.end();
    }
  }
}

/** The clock runs only while the reader waits: one that reads slowly is no fault of the store. */
async function* pieceByPiece(body: Readable, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  const pieces = body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  try {
    for (;;) {
      const piece = await nextWithin(pieces, PIECE_MS, signal);
      if (piece === undefined) return;
      yield piece;
    }
  } catch (error) {
    throw signal?.aborted ? signal.reason : toStoreError(error);
  } finally {
    body.destroy();
  }
}
