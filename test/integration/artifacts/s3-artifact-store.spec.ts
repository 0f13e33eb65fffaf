import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { S3ArtifactStore } from '../../../src/adapters/artifact-store/s3-artifact-store.js';
import { listenHere, stopListening } from '../../support/listening.js';

/** `PUT part 1` and the like. */
type Script = (asked: string, response: ServerResponse, request: IncomingMessage) => void;

const MEGABYTE = 1024 * 1024;
const code = (expected: string) => expect.objectContaining({ code: expected }) as Error;

/** A store that answers as it is told, and tells what it was asked. */
async function scriptedStore(script: Script) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? '/', 'http://store').searchParams;
    const part = query.has('uploads') ? ' begin' : query.has('partNumber') ? ` part ${query.get('partNumber')}` : '';
    const name = `${request.method}${part === '' && query.has('uploadId') ? ' upload' : part}`;
    asked.push(name);
    request.resume().once('end', () => script(name, response, request));
  });
  const endpoint = await listenHere(server);
  const store = new S3ArtifactStore({
    bucket: 'files',
    region: 'us-east-1',
    endpoint,
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    prefix: '',
    pathStyle: true,
  });
  const close = async () => {
    store.onApplicationShutdown();
    await stopListening(server);
  };
  return { store, asked, close };
}

const xml = (response: ServerResponse, status: number, body: string) =>
  void response.writeHead(status, { 'content-type': 'application/xml' }).end(`<?xml version="1.0"?>${body}`);

const fault = (response: ServerResponse, status: number, name: string) =>
  xml(response, status, `<Error><Code>${name}</Code><Message>no</Message></Error>`);

const uploads: Script = (asked, response) => {
  if (asked === 'HEAD') return void response.writeHead(404).end();
  if (asked === 'POST begin') {
    return xml(
      response,
      200,
      '<InitiateMultipartUploadResult><UploadId>one</UploadId></InitiateMultipartUploadResult>',
    );
  }
  response.writeHead(asked === 'DELETE upload' ? 204 : 200, { etag: '"e"' }).end();
};

describe('the S3 artifact store', () => {
  let close: () => Promise<void> = async () => undefined;
  afterEach(() => close());

  async function open(script: Script) {
    const scripted = await scriptedStore(script);
    ({ close } = scripted);
    return scripted;
  }

  it('takes back the parts of an upload that its source broke off', async () => {
    const { store, asked } = await open(uploads);
    async function* broken() {
      for (let sent = 0; sent < 18; sent += 1) yield Buffer.alloc(MEGABYTE);
      throw new Error('The source broke.');
    }
    await expect(store.write('art_broken', broken())).rejects.toThrow('The source broke.');
    expect(asked).toEqual(['HEAD', 'POST begin', 'PUT part 1', 'PUT part 2', 'DELETE upload']);
  });

  it('takes back the parts of an upload that was stopped while the store was busy', async () => {
    const stop = new AbortController();
    const { store, asked } = await open((name, response, request) => {
      if (name === 'PUT part 2') stop.abort(new Error('Enough.'));
      else uploads(name, response, request);
    });
    const bytes = Array.from({ length: 18 }, () => Buffer.alloc(MEGABYTE));
    await expect(store.write('art_stopped', bytes, { signal: stop.signal })).rejects.toThrow('Enough.');
    expect(asked.at(-1)).toBe('DELETE upload');
  });

  it('reads no further than two parts ahead of what the store took', async () => {
    let pulled = 0;
    const stop = new AbortController();
    const { store } = await open((name, response, request) => {
      if (name === 'PUT part 1') stop.abort(new Error('Seen.'));
      else uploads(name, response, request);
    });
    async function* endless() {
      for (;;) {
        pulled += 1;
        yield Buffer.alloc(MEGABYTE);
      }
    }
    await expect(store.write('art_endless', endless(), { signal: stop.signal })).rejects.toThrow('Seen.');
    expect(pulled).toBeLessThanOrEqual(17);
  });

  it('writes without a condition where the store knows none', async () => {
    const conditions: unknown[] = [];
    const { store } = await open((name, response, request) => {
      if (name === 'PUT') conditions.push(request.headers['if-none-match']);
      if (name === 'PUT' && request.headers['if-none-match']) fault(response, 501, 'NotImplemented');
      else uploads(name, response, request);
    });
    await store.write('art_one', [Buffer.from('one')]);
    await store.write('art_two', [Buffer.from('two')]);
    expect(conditions).toEqual(['*', undefined, undefined]);
  });

  it('refuses to replace what another wrote a moment ago', async () => {
    const { store } = await open((name, response, request) => {
      if (name === 'PUT') fault(response, 412, 'PreconditionFailed');
      else uploads(name, response, request);
    });
    await expect(store.write('art_raced', [Buffer.from('second')])).rejects.toThrow('taken');
  });

  it.each([
    [503, 'SlowDown', 'ARTIFACT_STORE_UNAVAILABLE'],
    [403, 'AccessDenied', 'ARTIFACT_STORE_UNAVAILABLE'],
    [404, 'NoSuchBucket', 'ARTIFACT_STORE_UNAVAILABLE'],
    [507, 'XMinioStorageFull', 'STORAGE_FULL'],
  ])('says what %d %s means', async (status, name, expected) => {
    const { store } = await open((asked, response, request) => {
      if (asked === 'PUT') fault(response, status, name);
      else uploads(asked, response, request);
    });
    await expect(store.write('art_refused', [Buffer.from('x')])).rejects.toThrow(code(expected));
  });

  it('says that nobody answers, in the end', async () => {
    const { store, close: shut } = await scriptedStore(uploads);
    await shut();
    await expect(store.read('art_alone')).rejects.toThrow(code('ARTIFACT_STORE_UNAVAILABLE'));
    await expect(store.write('art_alone', [])).rejects.toThrow(code('ARTIFACT_STORE_UNAVAILABLE'));
    await expect(store.check()).rejects.toThrow(code('ARTIFACT_STORE_UNAVAILABLE'));
  });

  it('ends a stream with an error when the store breaks off in the middle', async () => {
    const { store } = await open((_asked, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('half', () => response.destroy());
    });
    const stream = await store.read('art_half');
    await expect(stream.toArray()).rejects.toThrow(code('ARTIFACT_STORE_UNAVAILABLE'));
  });

  it('lets a reader stop while the store says nothing', async () => {
    const stop = new AbortController();
    const { store } = await open(() => stop.abort(new Error('Enough.')));
    await expect(store.read('art_silent', undefined, { signal: stop.signal })).rejects.toThrow('Enough.');
  });
});
