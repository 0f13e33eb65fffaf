import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import type { ArtifactStore } from '../../../src/core/artifacts/artifact-store.port.js';
import { DiskArtifactStore } from '../../../src/adapters/artifact-store/disk-artifact-store.js';
import { S3ArtifactStore } from '../../../src/adapters/artifact-store/s3-artifact-store.js';
import { BUCKET, startTestStore } from '../../support/s3.js';

interface OpenStore {
  store: ArtifactStore;
  /** All names there are. */
  names: () => Promise<string[]>;
  close: () => Promise<void>;
}

async function openDisk(): Promise<OpenStore> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-artifacts-'));
  return {
    store: new DiskArtifactStore(folder),
    names: () => filesIn(folder),
    close: () => rm(folder, { recursive: true }),
  };
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

async function openS3(): Promise<OpenStore> {
  const server = await startTestStore();
  const { endpoint, credentials, folder } = server;
  const place = { bucket: BUCKET, endpoint, region: 'us-east-1', credentials, prefix: 'some/where/', pathStyle: true };
  const store = new S3ArtifactStore(place);
  return {
    store,
    // It keeps the parts of an upload that was taken back: see s3-artifact-store.spec.ts.
    names: async () => (await filesIn(join(folder, 'some'))).filter((name) => name.includes('art_')),
    close: async () => {
      store.onApplicationShutdown();
      await server.close();
    },
  };
}

async function* pieces(...all: Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const piece of all) yield piece;
}

const code = (expected: string) => expect.objectContaining({ code: expected }) as Error;

describe.each([
  ['the disk', openDisk],
  ['an S3-compatible store', openS3],
])('an artifact store on %s', (_name, open) => {
  let opened: OpenStore;
  let store: ArtifactStore;

  beforeEach(async () => {
    opened = await open();
    store = opened.store;
  });
  afterEach(() => opened.close());

  const contents = async (key: string, range?: { start: number; end: number }) => buffer(await store.read(key, range));

  it('gives back what was written', async () => {
    const bytes = randomBytes(100_000);
    await store.write('art_one', [bytes]);
    expect((await contents('art_one')).equals(bytes)).toBe(true);
  });

  it('takes nothing at all, and a stream of unknown length', async () => {
    await store.write('art_empty', []);
    await store.write('art_stream', pieces(Buffer.from('one '), Buffer.from('two '), Buffer.from('three')));
    expect(await contents('art_empty')).toHaveLength(0);
    expect(String(await contents('art_stream'))).toBe('one two three');
  });

  it('takes what is larger than it holds in memory', async () => {
    const megabyte = randomBytes(1024 * 1024);
    await store.write('art_large', pieces(...Array.from({ length: 21 }, () => megabyte), Buffer.from('end')));
    const back = await contents('art_large');
    expect(back).toHaveLength(21 * megabyte.byteLength + 3);
    expect(back.subarray(-3).toString()).toBe('end');
    expect(back.subarray(20 * megabyte.byteLength, -3).equals(megabyte)).toBe(true);
  });

  it('takes what ends exactly at the end of a part', async () => {
    const part = randomBytes(8 * 1024 * 1024);
    await store.write('art_exact', pieces(part));
    await store.write('art_twice', pieces(part, part));
    expect(await contents('art_exact')).toHaveLength(part.byteLength);
    expect(await contents('art_twice')).toHaveLength(2 * part.byteLength);
  });

  it('reads a range of bytes, both ends included', async () => {
    await store.write('art_range', [Buffer.from('0123456789')]);
    expect(String(await contents('art_range', { start: 2, end: 4 }))).toBe('234');
    expect(String(await contents('art_range', { start: 9, end: 9 }))).toBe('9');
  });

  it('never replaces what is there', async () => {
    await store.write('art_first', [Buffer.from('first')]);
    await expect(store.write('art_first', [Buffer.from('second')])).rejects.toThrow();
    expect(String(await contents('art_first'))).toBe('first');
  });

  it('says that something is missing', async () => {
    await expect(store.read('art_never')).rejects.toThrow(code('ARTIFACT_BYTES_MISSING'));
  });

  it('removes, also what is not there', async () => {
    await store.write('art_gone', [Buffer.from('soon gone')]);
    await store.remove('art_gone');
    await store.remove('art_gone');
    await expect(store.read('art_gone')).rejects.toThrow(code('ARTIFACT_BYTES_MISSING'));
  });

  it.each(['../../etc/passwd', 'art/one', 'ART', '', 'a'.repeat(81)])('refuses the key %j', async (key) => {
    await expect(store.write(key, [])).rejects.toThrow('safe');
    await expect(store.read(key)).rejects.toThrow('safe');
    await expect(store.remove(key)).rejects.toThrow('safe');
  });

  it.each([
    ['at once', 0],
    ['in the middle of a large one', 20],
  ])('throws what its source throws %s, and leaves nothing', async (_when, megabytes) => {
    async function* broken() {
      for (let sent = 0; sent < megabytes; sent += 1) yield Buffer.alloc(1024 * 1024);
      throw new Error('The source broke.');
    }
    await expect(store.write('art_broken', broken())).rejects.toThrow('The source broke.');
    expect(await opened.names()).toEqual([]);
  });

  it('stops a write whose signal is aborted, and leaves nothing', async () => {
    const stop = new AbortController();
    async function* slow() {
      for (let sent = 0; sent < 20; sent += 1) yield Buffer.alloc(1024 * 1024);
      stop.abort(new Error('Enough.'));
      await new Promise(() => undefined);
    }
    await expect(store.write('art_stopped', slow(), { signal: stop.signal })).rejects.toThrow('Enough.');
    expect(await opened.names()).toEqual([]);
  });

  it('begins nothing for a signal that is aborted already', async () => {
    const signal = AbortSignal.abort(new Error('Too late.'));
    await expect(store.write('art_late', [Buffer.from('x')], { signal })).rejects.toThrow('Too late.');
    await expect(store.read('art_late', undefined, { signal })).rejects.toThrow('Too late.');
    expect(await opened.names()).toEqual([]);
  });

  it('lets go of a stream that nobody reads to its end', async () => {
    await store.write('art_half', [randomBytes(5_000_000)]);
    const stream = await store.read('art_half');
    for await (const piece of stream) {
      expect((piece as Buffer).byteLength).toBeGreaterThan(0);
      break;
    }
    expect(stream.destroyed).toBe(true);
    await store.remove('art_half');
  });

  it('lets go of streams that nobody reads at all', async () => {
    await store.write('art_unread', [randomBytes(1_000_000)]);
    // More than the store is asked for at a time.
    for (let count = 0; count < 60; count += 1) (await store.read('art_unread')).destroy();
    expect(await contents('art_unread')).toHaveLength(1_000_000);
  });
});

it('leaves nothing on the disk of many writes that fail at once', async () => {
  const { store, names, close } = await openDisk();
  const next = () => Promise.reject(new Error('The source broke.'));
  const broken = (): AsyncIterable<Uint8Array> => ({ [Symbol.asyncIterator]: () => ({ next }) });
  for (let round = 0; round < 200; round += 1) {
    const writes = Array.from({ length: 5 }, (_, nth) => store.write(`art_broken_${round}_${nth}`, broken()));
    const outcomes = await Promise.allSettled(writes);
    expect(outcomes.map(({ status }) => status)).toEqual(writes.map(() => 'rejected'));
  }
  expect(await names()).toEqual([]);
  await close();
});

describe('a disk that is full', () => {
  const folder = join(tmpdir(), `switchyard-full-${process.pid}`);
  /** Only root may make a disk of one megabyte. */
  let isSmall = false;

  beforeAll(async () => {
    await mkdir(folder);
    const mounted = promisify(execFile)('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]);
    isSmall = await mounted.then(
      () => true,
      () => false,
    );
  });
  afterAll(async () => {
    if (isSmall) await promisify(execFile)('umount', [folder]);
    await rm(folder, { recursive: true });
  });

  /** Elsewhere the system's own error comes in place of the last piece. */
  async function* more() {
    for (let sent = 0; sent < 3; sent += 1) yield Buffer.alloc(512 * 1024, 'x');
    if (!isSmall) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  }

  it('is said, keeps nothing of the file, and takes smaller ones', async () => {
    const store = new DiskArtifactStore(folder);
    await expect(store.write('art_large', more())).rejects.toThrow(code(isSmall ? 'STORAGE_FULL' : 'ENOSPC'));
    expect(await filesIn(folder)).toEqual([]);
    await store.write('art_small', [Buffer.from('fits')]);
    expect(String(await buffer(await store.read('art_small')))).toBe('fits');
  });
});
