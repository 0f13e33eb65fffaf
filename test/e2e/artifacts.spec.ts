import { request as httpRequest } from 'node:http';
import type { Person } from '../support/app.js';
import { TRANSPORTS } from '../support/session-clients.js';
import { BEEP, BYTES, LINKED, PAGE, PIXEL, sha256 } from '../support/upstreams/files.js';
import { becomes, ended, proposeOne, type Scene, startScene } from './support/scene.js';

interface Told {
  artifact_id: string;
  name: string;
  url: string;
  content_type: string;
  size: number;
  sha256: string;
  node_id: string;
}

let scene: Scene;
let stranger: Person;
let bytes: Told;
beforeAll(async () => {
  scene = await startScene();
  stranger = await scene.app.signIn();
  [bytes] = (await make('bytes')).files as [Told];
});
afterAll(() => scene.stop());

/** The files that one call makes, as they were told. */
async function make(kind: string, transport = TRANSPORTS[0]) {
  if (!transport) throw new Error('There are transports.');
  const client = await scene.join(transport);
  const { node } = await proposeOne(client, 'make_files', { kind });
  client.send('approve_task', { node_id: node });
  const { payload } = await client.next(becomes(node, 'succeeded'));
  await client.next(ended('done'));
  const files = client.frames
    .filter(({ type }) => type === 'artifact_generated')
    .map(({ payload: told }) => told as unknown as Told);
  const { session } = client;
  client.close();
  return {
    files,
    result: payload.result as { preview: string; structured?: unknown; artifact_ids: string[] },
    session,
  };
}

const download = (url: string, headers: Record<string, string> = {}, token = scene.person.token) =>
  scene.app.api('GET', url, { token, headers });

describe.each(TRANSPORTS)('told over $name', (transport) => {
  test('images, sound, embedded and linked resources become files, byte for byte', async () => {
    const wanted = [
      ['media', 'make_files-1.png', 'image/png', PIXEL],
      ['media', 'make_files-2.wav', 'audio/wav', BEEP],
      ['embedded', 'plain.txt', 'text/plain', Buffer.from(LINKED)],
      ['embedded', 'bytes.bin', 'application/octet-stream', BYTES],
      ['linked', 'linked.txt', 'text/plain', Buffer.from(LINKED)],
    ] as const;
    const made = new Map<string, Told[]>();
    for (const kind of new Set(wanted.map(([one]) => one))) {
      const { files, result } = await make(kind, transport);
      expect(result.artifact_ids).toEqual(files.map(({ artifact_id }) => artifact_id));
      made.set(kind, files);
    }
    for (const [kind, name, type, content] of wanted) {
      const file = made.get(kind)?.find((one) => one.name === name);
      expect(file).toMatchObject({ content_type: type, size: content.length, sha256: sha256(content) });
      const { bytes: received, headers } = await download(file?.url ?? '');
      expect(received.equals(content)).toBe(true);
      expect(headers.get('content-type')).toBe(type);
      expect(headers.get('content-length')).toBe(String(content.length));
    }
    // The link that leads nowhere is only missing.
    expect(made.get('linked')).toHaveLength(1);
  });
});

test('a text over 32 KiB is a file with a preview; one of 32 KiB is not', async () => {
  const big = await make('big');
  expect(big.files).toMatchObject([
    { name: 'make_files.txt', size: 40 * 1_024, sha256: sha256('x'.repeat(40 * 1_024)) },
  ]);
  expect(big.result.preview).toHaveLength(2_000);
  expect((await make('limit')).files).toEqual([]);
});

test('a structured result over 32 KiB is a file of JSON', async () => {
  const { files, result } = await make('structured');
  expect(files).toMatchObject([{ name: 'make_files.json', content_type: 'application/json' }]);
  expect(result.structured).toBeUndefined();
  const { body } = await download(files[0]?.url ?? '');
  expect((body.rows as unknown[]).length).toBe(3_000);
});

test('a session lists its files', async () => {
  const { files, session } = await make('media');
  const { body } = await scene.person.call<{ artifacts: Told[] }>('GET', `/sessions/${session}/artifacts`);
  expect(body.artifacts.map(({ artifact_id }) => artifact_id)).toEqual(files.map(({ artifact_id }) => artifact_id));
  expect((await stranger.call('GET', `/sessions/${session}/artifacts`)).status).toBe(404);
});

describe('a download', () => {
  test('needs its owner: for anyone else it is as unknown as none', async () => {
    const foreign = await download(bytes.url, {}, stranger.token);
    const unknown = await download(`/api/artifacts/download/art_${'0'.repeat(32)}`, {}, stranger.token);
    expect([foreign.status, unknown.status]).toEqual([404, 404]);
    const comparable = (answer: typeof foreign) => ({ ...answer.body, request_id: '', instance: '' });
    expect(comparable(foreign)).toEqual(comparable(unknown));
    for (const id of ['art_1', '..%2f..%2fsecrets', '%00']) {
      expect((await download(`/api/artifacts/download/${id}`)).status).toBe(404);
    }
    expect((await scene.app.api('GET', bytes.url)).status).toBe(401);
    expect((await download(bytes.url, {}, 'no-token')).status).toBe(401);
  });

  test('is harmless in a browser', async () => {
    const { headers } = await download(bytes.url);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none'/);
    expect(headers.get('cache-control')).toContain('private');
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename="bytes.bin"/);
  });

  test('of a page or an SVG is saved, never shown', async () => {
    const { files } = await make('page');
    expect(files.map(({ name }) => name)).toEqual(['page.html', 'image.svg']);
    for (const { url } of files) {
      const { headers } = await download(url);
      expect(headers.get('content-disposition')).toMatch(/^attachment;/);
      expect(headers.get('content-security-policy')).toMatch(/^sandbox/);
    }
    expect((await download(files[0]?.url ?? '')).text).toBe(PAGE);
  });

  test('under a hostile name is one file with a tame one', async () => {
    const { files } = await make('hostile');
    const [file] = files;
    expect(file?.name).not.toMatch(/[/\\"\p{Cc}\p{Cf}]/u);
    expect(file?.content_type).toBe('application/octet-stream');
    const { headers, status } = await download(file?.url ?? '');
    expect(status).toBe(200);
    expect(headers.get('set-cookie')).toBeNull();
    expect(headers.get('x-evil')).toBeNull();
    expect(headers.get('content-disposition')).toMatch(
      /^attachment; filename="[^"\\\r\n]*"; filename\*=UTF-8''[^;\r\n]+$/,
    );
  });

  test.each([
    ['bytes=0-99', 0, 99],
    ['bytes=4990-', 4_990, 4_999],
    ['bytes=-10', 4_990, 4_999],
    ['bytes=4999-9999', 4_999, 4_999],
    ['bytes=-99999', 0, 4_999],
  ])('of %s is that part', async (range, start, end) => {
    const { status, headers, bytes: part } = await download(bytes.url, { range });
    expect(status).toBe(206);
    expect(headers.get('content-range')).toBe(`bytes ${start}-${end}/5000`);
    expect(headers.get('content-length')).toBe(String(end - start + 1));
    expect(part.equals(BYTES.subarray(start, end + 1))).toBe(true);
  });

  test.each(['bytes=5000-', 'bytes=9000-9001', 'bytes=-0'])('of %s is not satisfiable', async (range) => {
    const { status, headers } = await download(bytes.url, { range });
    expect(status).toBe(416);
    expect(headers.get('content-range')).toBe('bytes */5000');
  });

  test.each(['bytes=1-0', 'bytes=a-b', 'lines=1-2', 'bytes=0-1,3-4', 'bytes=-'])(
    'of %s is the whole',
    async (range) => {
      const { status, bytes: whole } = await download(bytes.url, { range });
      expect([status, whole.length]).toEqual([200, 5_000]);
    },
  );

  test('that is known already is not sent again', async () => {
    const etag = `"${bytes.sha256}"`;
    expect((await download(bytes.url)).headers.get('etag')).toBe(etag);
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const { status, bytes: body, headers } = await download(bytes.url, { 'if-none-match': tag });
      expect([tag, status, body.length, headers.get('etag')]).toEqual([tag, 304, 0, etag]);
    }
    expect((await download(bytes.url, { 'if-none-match': '"other"' })).status).toBe(200);
    const stale = await download(bytes.url, { range: 'bytes=0-9', 'if-range': '"other"' });
    expect([stale.status, stale.bytes.length]).toEqual([200, 5_000]);
    const fresh = await download(bytes.url, { range: 'bytes=0-9', 'if-range': etag });
    expect([fresh.status, fresh.bytes.length]).toEqual([206, 10]);
  });

  test('asked for by HEAD is its headers alone', async () => {
    const { status, headers, bytes: body } = await scene.app.api('HEAD', bytes.url, { token: scene.person.token });
    expect([status, body.length]).toEqual([200, 0]);
    expect(headers.get('content-length')).toBe('5000');
    expect(headers.get('etag')).toBe(`"${bytes.sha256}"`);
  });

  test('that its reader breaks off leaves the product well', async () => {
    await new Promise<void>((resolve, reject) => {
      const request = httpRequest(scene.app.url + bytes.url, {
        headers: { authorization: `Bearer ${scene.person.token}` },
      });
      request.on('response', (response) => {
        response.destroy();
        resolve();
      });
      request.on('error', reject);
      request.end();
    });
    expect((await download(bytes.url)).bytes.length).toBe(5_000);
  });
});

describe('a signed link', () => {
  const linkTo = async (id: string, person = scene.person) =>
    person.call<{ url: string; expires_at: string }>('POST', `/artifacts/${id}/link`);

  test('opens its one file without a token, for five minutes', async () => {
    const { status, body } = await linkTo(bytes.artifact_id);
    expect(status).toBe(201);
    expect(Date.parse(body.expires_at) - scene.app.clock.now().getTime()).toBeLessThanOrEqual(300_000);
    expect((await scene.app.api('GET', body.url)).bytes.equals(BYTES)).toBe(true);
    expect((await scene.app.api('GET', body.url, { headers: { range: 'bytes=0-9' } })).status).toBe(206);
    expect((await scene.app.api('HEAD', body.url)).status).toBe(200);
    scene.app.clock.forward(301);
    const expired = await scene.app.api('GET', body.url);
    scene.app.clock.forward(-301);
    expect(expired.status).toBe(403);
    expect(expired.body).toMatchObject({ code: 'LINK_INVALID' });
  });

  test('that was changed opens nothing', async () => {
    const { url } = (await linkTo(bytes.artifact_id)).body;
    const link = new URL(url, scene.app.url);
    const expires = Number(link.searchParams.get('expires'));
    const signature = link.searchParams.get('signature') ?? '';
    const other = (await make('bytes')).files[0]?.artifact_id ?? '';
    const changed = [
      url.replace(`expires=${expires}`, `expires=${expires + 1}`),
      url.replace(signature, signature.slice(0, -1) + (signature.endsWith('A') ? 'B' : 'A')),
      url.replace(signature, ''),
      url.replace(bytes.artifact_id, other),
      `${bytes.url}?expires=${expires}&signature=${'x'.repeat(43)}`,
    ];
    for (const one of changed) expect([one, (await scene.app.api('GET', one)).status]).toEqual([one, 403]);
    expect((await scene.app.api('GET', `${bytes.url}?expires=${expires}`)).status).toBe(401);
    expect((await scene.app.api('GET', `${url}&x=1`)).status).toBe(400);
  });

  test('is made for the owner only', async () => {
    expect((await linkTo(bytes.artifact_id, stranger)).status).toBe(404);
    expect((await linkTo('art_1')).status).toBe(404);
    expect((await scene.app.api('POST', `/api/v1/artifacts/${bytes.artifact_id}/link`)).status).toBe(401);
  });
});
