import { readdir } from 'node:fs/promises';
import { TRANSPORTS } from '../support/session-clients.js';
import { startTestStore, type TestStore } from '../support/s3.js';
import { PIXEL, sha256 } from '../support/upstreams/files.js';
import { becomes, ended, proposeOne, type Scene, startScene } from './support/scene.js';

let store: TestStore;
let scene: Scene;
beforeAll(async () => {
  store = await startTestStore();
  scene = await startScene({ ...store.settings, S3_PREFIX: 'files/' });
});
beforeEach(() => store.failWith(undefined));
afterAll(async () => {
  await scene.stop();
  await store.close();
});

describe.each(TRANSPORTS)('artifacts in a bucket, told over $name', (transport) => {
  async function make(label: string) {
    const client = await scene.join(transport);
    const { node } = await proposeOne(client, 'make_files', { kind: 'media', label });
    client.send('approve_task', { node_id: node });
    return { client, node };
  }

  test('files are kept there and come back through us, whole, in ranges and by link', async () => {
    const { client, node } = await make(`${transport.name} kept`);
    const { payload } = await client.next(({ type }) => type === 'artifact_generated');
    await client.seen(becomes(node, 'succeeded'));
    const [url, id] = [String(payload.url), String(payload.artifact_id)];
    expect(await readdir(`${store.folder}/files`)).toEqual(expect.arrayContaining([expect.stringContaining(id)]));

    const { token } = scene.person;
    const whole = await scene.app.api('GET', url, { token });
    expect(sha256(whole.bytes)).toBe(sha256(PIXEL));
    const part = await scene.app.api('GET', url, { token, headers: { range: 'bytes=1-3' } });
    expect(part.status).toBe(206);
    expect(part.bytes.equals(PIXEL.subarray(1, 4))).toBe(true);
    const link = await scene.person.call<{ url: string }>('POST', `/artifacts/${id}/link`);
    const linked = await scene.app.api('GET', link.body.url.replace(/^https?:\/\/[^/]+/, ''));
    expect(linked.bytes.equals(PIXEL)).toBe(true);
  });

  test.each([
    [{ status: 507, code: 'XMinioStorageFull' }, 'STORAGE_FULL', 'no room left'],
    [{ status: 403, code: 'InvalidAccessKeyId' }, 'ARTIFACT_STORE_UNAVAILABLE', 'does not answer'],
  ])('a file that the store refuses with %j is said, and its tool is not called again', async (fault, code, words) => {
    const label = `${transport.name} ${code}`;
    store.failWith(fault);
    const { client, node } = await make(label);
    const { payload } = await client.next(becomes(node, 'failed'));
    expect(payload.error).toEqual({ code, message: expect.stringContaining(words) as string });
    expect(payload.error).toEqual({ code, message: expect.stringContaining('has done its work') as string });
    await client.next(ended('done'));
    expect(client.frames.filter(({ type }) => type === 'artifact_generated')).toEqual([]);
    expect(scene.upstream.memory.count('make_files', label)).toBe(1);
  });

  test('a download while the store is away is a 503 to come back to, and a lost file is gone', async () => {
    const { client } = await make(`${transport.name} away`);
    const { payload } = await client.next(({ type }) => type === 'artifact_generated');
    const { token } = scene.person;
    const download = () => scene.app.api<{ code: string }>('GET', String(payload.url), { token });

    store.failWith({ status: 403, code: 'AccessDenied' });
    const away = await download();
    expect([away.status, away.body.code, away.headers.get('retry-after')]).toEqual([
      503,
      'ARTIFACT_STORE_UNAVAILABLE',
      '5',
    ]);
    expect(away.headers.get('content-type')).toBe('application/problem+json');
    expect(away.headers.get('etag')).toBeNull();
    store.failWith({ status: 404, code: 'NoSuchKey' });
    expect(await download()).toMatchObject({ status: 410, body: { code: 'ARTIFACT_BYTES_MISSING' } });
    store.failWith(undefined);
    expect(await download()).toMatchObject({ status: 200 });
  });
});
