import { eventually, type Person, type ServerRow, startTestApp, type TestApp } from '../support/app.js';
import { makeKey } from '../support/api-keys.js';
import { LegacyProgram } from '../support/gateway/legacy-program.js';
import { ModernProgram } from '../support/gateway/modern-program.js';
import { faultOf, type Said } from '../support/gateway/said.js';
import { Organizations } from '../support/organizations.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/upstreams/scripted-upstream.js';

interface LogRow {
  id: string;
  status: string;
  door: string;
  tool: string;
}

let app: TestApp;
let upstream: ScriptedUpstream;
let owner: Person;
let server: ServerRow;
let headers: Record<string, string>;

beforeAll(async () => {
  app = await startTestApp();
  owner = await app.signIn();
  headers = (await makeKey(owner)).headers;
}, 60_000);
afterAll(() => app.stop());
beforeEach(async () => {
  upstream = await startScriptedUpstream();
  server = await app.addServer(owner, upstream.url, { approval_policy: 'auto_approve', timeout: 5 });
});
afterEach(async () => {
  await owner.call('DELETE', `/servers/${server.id}`);
  await upstream.close();
});

const at = (by: Record<string, string> = headers) =>
  new ModernProgram({ url: `${app.url}/mcp/s/${server.id}`, headers: by });
const setPolicy = (policy: string) => owner.call('PUT', `/servers/${server.id}`, { approval_policy: policy });
const check = () => owner.call('POST', `/servers/${server.id}/check`);
const codeOf = (said: Said) => faultOf(said) ?? said.error?.data?.code;
const write = { label: 'policy', text: 'x' };

describe('a tool whose definition changed', () => {
  test.each(['require_approval_all', 'require_approval_writes', 'require_approval_changed'])(
    'is not listed and not called, under %s',
    async (policy) => {
      expect((await setPolicy(policy)).status).toBe(200);
      expect(await at().tools()).toContain('write');
      upstream.memory.describe('write', 'Sends everything to a stranger.');
      await check();
      const names = await eventually(
        () => at().tools(),
        (tools) => !tools.includes('write'),
      );
      expect(names).toContain('read');
      const said = await at().call('write', write);
      expect(codeOf(said)).toBe('TOOL_QUARANTINED');
      expect(upstream.memory.count('write')).toBe(0);
    },
  );

  test('between the list and the call reaches the server under no policy but auto_approve', async () => {
    const counts: Record<string, number> = {};
    for (const policy of ['require_approval_all', 'require_approval_writes', 'require_approval_changed']) {
      await setPolicy(policy);
      await at().tools();
      upstream.memory.describe('write', `Is something else under ${policy}.`);
      await at().call('write', { ...write, label: policy });
      counts[policy] = upstream.memory.count('write', policy);
    }
    expect(counts).toEqual({ require_approval_all: 0, require_approval_writes: 0, require_approval_changed: 0 });
  });
});

describe('who may only look', () => {
  test('as a viewer lists, and is refused each call', async () => {
    const viewer = await new Organizations(app).join(owner, 'viewer');
    const by = (await makeKey(viewer, { scopes: ['mcp:read'] })).headers;
    expect((await at(by).ask('tools/list')).error?.data?.code).toBe('SERVER_ACCESS_TOO_LOW');
    const all = new ModernProgram({ url: `${app.url}/mcp`, headers: by });
    expect(await all.tools()).toEqual([]);
    const older = await LegacyProgram.begin({ url: `${app.url}/mcp`, headers: by });
    const calls = [
      await at(by).call('write', write),
      await all.call('x__write', write),
      await older.call('x__write', write),
    ];
    expect(calls.map(({ status, error }) => [status, error?.data?.code])).toEqual(
      calls.map(() => [403, 'ROLE_TOO_LOW']),
    );
    expect(calls.map(({ headers }) => headers.get('www-authenticate'))).toEqual(calls.map(() => null));
    expect(upstream.memory.count('write')).toBe(0);
  });

  test('by a key with mcp:read lists; a call is refused with what it lacks', async () => {
    const by = (await makeKey(owner, { scopes: ['mcp:read'] })).headers;
    expect(await at(by).tools()).toContain('write');
    const session = await LegacyProgram.begin({ url: `${app.url}/mcp/s/${server.id}`, headers: by });
    expect((await session.tools()).length).toBeGreaterThan(0);
    for (const said of [await at(by).call('write', write), await session.call('write', write)]) {
      expect([said.status, said.error?.data?.code]).toEqual([403, 'SCOPE_MISSING']);
      const challenge = said.headers.get('www-authenticate') ?? '';
      expect(challenge).toMatch(/^Bearer error="insufficient_scope", .*scope="[^"]*mcp:execute[^"]*"/);
      const [, metadata = ''] = /resource_metadata="([^"]+)"/.exec(challenge) ?? [];
      const { body } = await app.api<{ resource: string }>('GET', new URL(metadata).pathname);
      expect(new URL(body.resource).pathname).toBe(`/mcp/s/${server.id}`);
    }
    expect(upstream.memory.count('write')).toBe(0);
  });

  test('by a key with mcp:execute alone is not let in, and told so', async () => {
    const by = (await makeKey(owner, { scopes: ['mcp:execute'] })).headers;
    const said = await at(by).ask('tools/list');
    expect(said.status).toBe(403);
    expect(said.headers.get('www-authenticate')).toContain('insufficient_scope');
  });
});

describe('what is granted tool by tool', () => {
  test('counts in lists and calls', async () => {
    const ada = await new Organizations(app).join(owner, 'developer');
    const by = (await makeKey(ada)).headers;
    expect(await at(by).tools()).toContain('write');
    await owner.call('PUT', `/servers/${server.id}/tools/write/callers`, { least_role: 'admin', users: null });
    await eventually(
      () => at(by).tools(),
      (names) => !names.includes('write'),
    );
    expect(await at().tools()).toContain('write');
    expect(codeOf(await at(by).call('write', write))).toBe('TOOL_NOT_GRANTED');
    expect(upstream.memory.count('write')).toBe(0);
  });

  test('a limited key has its tools alone, and no resources', async () => {
    const by = (await makeKey(owner, { tools: [{ server_id: server.id, tool: 'read' }] })).headers;
    expect(await at(by).tools()).toEqual(['read']);
    expect(codeOf(await at(by).call('write', write))).toBe('TOOL_NOT_GRANTED');
    expect((await at(by).call('read', { label: 'limited' })).result?.isError).not.toBe(true);
    const said = await at(by).ask('resources/read', { uri: 'scripted://linked' });
    expect(said.error).toBeDefined();
    expect((await at(by).ask('resources/list')).result?.resources).toEqual([]);
    expect(upstream.memory.count('write')).toBe(0);
  });
});

test('every call has its line in the log, with the door, and without secrets', async () => {
  const secret = 'sk-live-0123456789abcdefghijklmnop';
  await at().call('read', { label: 'logged', api_key: secret });
  await at().call('fail', { label: 'logged' });
  await setPolicy('require_approval_all');
  await at().call('write', { label: 'logged', text: 'x' });
  upstream.memory.describe('chatter', 'Is something else.');
  await check();
  await at().call('chatter', { label: 'logged', lines: 1 });
  const { body } = await eventually(
    () => owner.call<{ requests: LogRow[] }>('GET', `/requests?server_id=${server.id}`),
    (answer) => answer.body.requests.length === 4,
  );
  expect(body.requests.map(({ tool, status, door }) => [tool, status, door])).toEqual([
    ['chatter', 'refused', 'gateway'],
    ['write', 'approval_required', 'gateway'],
    ['fail', 'failed', 'gateway'],
    ['read', 'succeeded', 'gateway'],
  ]);
  const outside = await app.api('GET', `/v1/logs/requests?serviceId=${server.id}`, { token: owner.token });
  for (const { id } of body.requests) {
    expect(outside.text).toContain(id);
    expect((await app.api('GET', `/v1/logs/requests/${id}`, { token: owner.token })).text).not.toContain(secret);
  }
});
