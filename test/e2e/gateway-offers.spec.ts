import { type Person, startTestApp, type TestApp } from '../support/app.js';
import { makeKey } from '../support/api-keys.js';
import { LegacyProgram } from '../support/gateway/legacy-program.js';
import { ModernProgram } from '../support/gateway/modern-program.js';
import { type ConformanceUpstream, startConformanceUpstream } from '../support/upstreams/conformance-upstream.js';
import { startScriptedUpstream } from '../support/upstreams/scripted-upstream.js';

let app: TestApp;
let upstream: ConformanceUpstream;
let owner: Person;
let headers: Record<string, string>;
beforeAll(async () => {
  [app, upstream] = await Promise.all([startTestApp(), startConformanceUpstream()]);
  owner = await app.signIn();
  await app.addServer(owner, upstream.url, { name: 'Everything', approval_policy: 'auto_approve' });
  headers = (await makeKey(owner)).headers;
}, 60_000);
afterAll(async () => {
  await app.stop();
  await upstream.stop();
});

const at = (path: string) => new ModernProgram({ url: `${app.url}${path}`, headers });

test('prompts of all servers are named after theirs, and can be asked for', async () => {
  const { result } = await at('/mcp').ask('prompts/list');
  const names = (result?.prompts as { name: string }[]).map(({ name }) => name);
  expect(names).toContain('everything__test_simple_prompt');
  expect(names.every((name) => name.startsWith('everything__'))).toBe(true);
  const got = await at('/mcp').ask('prompts/get', { name: 'everything__test_simple_prompt' });
  expect(got.result?.messages).toHaveLength(1);
  for (const name of ['test_simple_prompt', 'everything__nothing', 'theirs__x']) {
    expect((await at('/mcp').ask('prompts/get', { name })).error?.code).toBe(-32602);
  }
  const own = await at('/mcp/s/everything').ask('prompts/get', { name: 'test_simple_prompt' });
  expect(own.result?.messages).toEqual(got.result?.messages);
});

test('every resource that is listed can be read under its URI', async () => {
  const { result } = await at('/mcp').ask('resources/list');
  const uris = (result?.resources as { uri: string }[]).map(({ uri }) => uri);
  expect(uris.length).toBeGreaterThan(0);
  for (const uri of uris) {
    expect(uri).toMatch(/^everything\+/);
    const read = await at('/mcp').ask('resources/read', { uri });
    expect((read.result?.contents as { uri: string }[])[0]?.uri).toBe(uri);
  }
});

test('a server that is away is said to be away where it stands alone, and left out where it does not', async () => {
  const lonely = await startScriptedUpstream();
  const { id } = await app.addServer(owner, lonely.url, {
    name: 'Lonely',
    approval_policy: 'auto_approve',
    timeout: 2,
  });
  const alone = { url: `${app.url}/mcp/s/${id}`, headers };
  const session = await LegacyProgram.begin(alone);
  await lonely.die();
  for (const said of [
    await at(`/mcp/s/${id}`).ask('resources/list'),
    await at(`/mcp/s/${id}`).ask('resources/read', { uri: 'scripted://linked' }),
    await session.ask('resources/list'),
  ]) {
    expect(said.error?.message).not.toBe('Internal error.');
    expect(said.error?.data?.code).toMatch(/^[A-Z_]+$/);
  }
  expect((await at(`/mcp/s/${id}`).tools()).length).toBeGreaterThan(0);
  const { result } = await at('/mcp').ask('resources/list');
  expect((result?.resources as object[]).length).toBeGreaterThan(0);
  await owner.call('DELETE', `/servers/${id}`);
  await lonely.close();
});

test('a result of a newer server has nothing for an older client that only newer ones know', async () => {
  const newer = await startScriptedUpstream();
  try {
    const fields = { name: 'Newer', approval_policy: 'auto_approve' };
    const { id } = await app.addServer(owner, newer.url, fields);
    const there = { url: `${app.url}/mcp/s/${id}`, headers };
    const serverInfo = {
      'io.modelcontextprotocol/serverInfo': expect.objectContaining({ name: 'scripted' }) as unknown,
    };
    const said = await new ModernProgram(there).call('write', { label: 'newer', text: 'x' });
    expect(said.result).toMatchObject({ resultType: 'complete', _meta: serverInfo });
    for (const [place, name] of [
      [there, 'write'],
      [{ url: `${app.url}/mcp`, headers }, 'newer__write'],
    ] as const) {
      const { result } = await (await LegacyProgram.begin(place)).call(name, { label: 'older', text: 'x' });
      expect(Object.keys(result ?? {}).toSorted()).toEqual(['content', 'structuredContent']);
    }
    const older = await LegacyProgram.begin(there);
    const { result: listed } = await older.ask('resources/list');
    const [{ uri } = { uri: '' }] = listed?.resources as { uri: string }[];
    expect(Object.keys((await older.ask('resources/read', { uri })).result ?? {})).toEqual(['contents']);
  } finally {
    await newer.close();
  }
});
