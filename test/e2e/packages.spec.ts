import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NpmPackages } from '../../src/adapters/packages/npm-packages.js';
import { type Answer, eventually, type Person, startTestApp, type TestApp } from '../support/app.js';
import { type NpmRegistry, startNpmRegistry } from '../support/npm-registry.js';
import { Organizations } from '../support/organizations.js';
import { entry } from './support/package-entry.js';

/** Says who it is and what it may; without dependencies, so that it is one file. */
const SERVER = `
import { readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
const attempt = (work) => { try { return String(work()); } catch (error) { return error.code; } };
const say = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n');
console.error('started with', process.env.API_TOKEN);
const tool = { name: 'look', inputSchema: { type: 'object', properties: { path: { type: 'string' } } }, annotations: { readOnlyHint: true } };
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === 'initialize') {
    const { protocolVersion } = params;
    say({ id, result: { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'notes', version: '1.0.0' } } });
  } else if (method === 'tools/list') say({ id, result: { tools: [tool] } });
  else if (method === 'tools/call') {
    const seen = {
      names: Object.keys(process.env).sort(), args: process.argv.slice(2), greeting: process.env.GREETING,
      hasToken: process.env.API_TOKEN !== undefined,
      own: attempt(() => { writeFileSync('own.txt', 'x'); return readFileSync('own.txt', 'utf8'); }),
      other: attempt(() => readFileSync(params.arguments.path, 'utf8').length),
      process: attempt(() => spawnSync('true').error?.code ?? 'ran'),
    };
    say({ id, result: { content: [{ type: 'text', text: JSON.stringify(seen) }] } });
  } else if (id !== undefined) say({ id, error: method === 'ping' ? undefined : { code: -32601, message: 'Method not found' }, ...(method === 'ping' && { result: {} }) });
});`;

const SECRET = 'canary-of-a-package-0123456789';
interface ServiceRow {
  id: string;
  available: boolean;
  unavailable_reason: string | null;
}
interface ConfiguredBody {
  server: { id: string; url: string; transport: string };
  report: { ok: boolean; checks: { name: string; status: string; cause?: string }[] };
}

let app: TestApp;
let registry: NpmRegistry;
let home: string;
let admin: Person;
let tenant: Person;
let service: string;
let server: string;

const codeOf = ({ status, body }: Answer<unknown>) => [status, (body as { code?: string }).code];
const list = (version: string, name = '@example/notes') =>
  admin.call<{ id: string }>('POST', '/catalogue/packages', { package: name, version });
const configure = (config: object, more: object = {}) =>
  tenant.call<ConfiguredBody>('POST', `/catalogue/${service}/configure`, { config, ...more });

beforeAll(async () => {
  registry = await startNpmRegistry();
  home = await mkdtemp(join(tmpdir(), 'switchyard-npm-'));
  await writeFile(join(home, '.npmrc'), `registry=${registry.url}\n`);
  app = await startTestApp({ PATH: process.env.PATH ?? '', HOME: home });
  const manifest = { type: 'module', bin: { notes: 'server.js' } };
  const scripts = { install: 'touch ran-a-script', postinstall: 'touch ran-a-script' };
  await registry.publish('@example/notes', '1.0.0', {
    manifest: { ...manifest, scripts },
    files: { 'server.js': SERVER },
  });
  await registry.publish('@example/notes', '2.0.0', { manifest, files: { 'server.js': SERVER } });
  await registry.publish('no-program', '1.0.0', { manifest: {}, files: {} });
  await registry.publish('far', '1.0.0', { manifest: {}, files: {} });
  const far = registry.url.replace('127.0.0.1', 'localhost') + 'far/-/1.0.0.tgz';
  const elsewhere = { dependencies: { far } };
  await registry.publish('foreign-parts', '1.0.0', {
    manifest: { ...manifest, ...elsewhere },
    files: { 'server.js': '' },
  });
  [admin, tenant] = [await app.signIn(), await app.signIn()];
  await admin.call('POST', '/instance/claim', {});
  const added = await admin.call<{ id: string }>('POST', '/catalogue', { server_json: entry('1.0.0') });
  service = added.body.id;
}, 60_000);
afterAll(async () => {
  await app.stop();
  await registry.close();
  await rm(home, { recursive: true, force: true });
});

test('a package can be run once an administrator of the instance has listed exactly that version', async () => {
  const before = await tenant.call<ServiceRow>('GET', `/catalogue/${service}`);
  expect(before.body).toMatchObject({
    available: false,
    unavailable_reason: expect.stringContaining('@example/notes@1.0.0') as string,
  });
  expect(codeOf(await configure({ apiToken: SECRET }))).toEqual([409, 'SERVICE_UNAVAILABLE']);
  expect((await list('2.0.0')).status).toBe(201);
  expect(codeOf(await configure({ apiToken: SECRET }))).toEqual([409, 'SERVICE_UNAVAILABLE']);

  expect((await list('1.0.0')).status).toBe(201);
  expect((await tenant.call<ServiceRow>('GET', `/catalogue/${service}`)).body.available).toBe(true);
  const configured = await configure({ apiToken: SECRET, tags: ['a', 'b'] });
  expect([configured.status, configured.body.report]).toMatchObject([201, { ok: true }]);
  expect(configured.body.server).toMatchObject({ url: 'npm:@example/notes@1.0.0', transport: 'stdio' });
  server = configured.body.server.id;
}, 60_000);

test('it has its own folder, what was declared, and nothing of ours', async () => {
  const token = tenant.token;
  const body = { serviceId: service, toolName: 'look', parameters: { path: join(app.dataDirectory, 'packages') } };
  await tenant.call('PUT', `/servers/${server}`, { approval_policy: 'auto_approve' });
  const called = await app.api('POST', '/v1/mcp/execute/tool', { token, body });
  expect([called.status, called.text]).toEqual([200, expect.any(String)]);
  const seen = /\{\\*"names.*?\}/.exec(called.text)?.[0].replaceAll('\\"', '"') ?? '{}';
  expect(JSON.parse(seen)).toEqual({
    names: ['API_TOKEN', 'GREETING', 'HOME', 'PATH', 'TMPDIR'],
    args: ['serve', '--folder=notes', 'a', 'b'],
    greeting: 'hello',
    hasToken: true,
    own: 'x',
    other: 'ERR_ACCESS_DENIED',
    process: 'ERR_ACCESS_DENIED',
  });
  expect(existsSync(join(app.dataDirectory, 'packages', 'files', server, 'own.txt'))).toBe(true);
});

test('no secret of it is told again, and no script of it was run', async () => {
  const answers = await Promise.all(
    [
      '/servers',
      `/servers/${server}`,
      `/servers/${server}/tools`,
      '/catalogue',
      `/catalogue/${service}`,
      '/activity',
    ].map(async (path) => (await tenant.call('GET', path)).text),
  );
  expect(answers.join()).not.toContain(SECRET);
  expect(answers.join()).not.toContain('ran-a-script');
});

test('what was entered cannot lead out of its folder, be another option, or another field', async () => {
  const wrong = [
    { folder: '/etc' },
    { folder: '../../secrets' },
    { folder: '~/.ssh' },
    { folder: 'file:///etc/passwd' },
    { greeting: '/etc/passwd' },
    { tags: ['--require=/tmp/x.js'] },
    { tags: ['a', 'b/../../..'] },
    { command: 'rm' },
    { args: ['x'] },
    { NODE_OPTIONS: '--require=x' },
    { version: '9.9.9' },
  ];
  for (const field of wrong) {
    const answer = await configure({ apiToken: SECRET, ...field });
    expect([field, ...codeOf(answer)]).toEqual([field, 400, 'VALIDATION_ERROR']);
    expect(answer.text).toContain(`/config/${Object.keys(field)[0]}`);
    expect(answer.text).not.toContain(SECRET);
  }
});

test('a secret that stays does not go elsewhere with other words', async () => {
  const changed = await configure({ greeting: 'good evening' }, { server_id: server });
  expect(codeOf(changed)).toEqual([400, 'VALIDATION_ERROR']);
});

test('no other door makes a server of a package', async () => {
  const npm = 'npm:@example/notes@1.0.0';
  const own = (
    await tenant.call<{ id: string }>('POST', '/servers', {
      name: 'Own',
      url: 'http://127.0.0.1:9/mcp',
      auth_method: 'none',
    })
  ).body.id;
  const { body: key } = await tenant.call<{ api_key: { id: string; key: string } }>('POST', '/user/api-keys', {
    name: 'registration',
    scopes: ['mcp:read', 'mcp:write'],
  });
  const headers = { 'X-API-KEY': key.api_key.id, 'X-API-SECRET': key.api_key.key };
  const at = { token: tenant.token };
  const base = { name: 'Sly', url: npm, auth_method: 'none' };
  const stdio = { name: 'Sly', url: 'http://127.0.0.1:9/mcp', auth_method: 'none', transport: 'stdio' };
  const answers = await Promise.all([
    tenant.call('POST', '/servers', base),
    tenant.call('POST', '/servers', stdio),
    tenant.call('POST', '/servers/test', base),
    tenant.call('POST', '/servers/test', stdio),
    tenant.call('PUT', `/servers/${own}`, { url: npm }),
    tenant.call('PUT', `/servers/${own}`, { transport: 'stdio' }),
    tenant.call('PUT', `/servers/${server}`, { url: 'http://127.0.0.1:9/mcp', auth_method: 'none' }),
    tenant.call('PUT', `/servers/${server}`, { transport: 'auto' }),
    app.api('POST', '/api/mcp-servers', { headers, body: { config: { name: 'Sly', url: npm, transport: 'STDIO' } } }),
    app.api('POST', '/api/mcp-servers', { headers, body: { config: { name: 'Sly', url: npm, transport: 'SSE' } } }),
    app.api('POST', `/v1/mcp/services/${own}/configure`, { ...at, body: { config: { url: npm } } }),
    tenant.call('POST', `/catalogue/${own}/configure`, { config: { url: npm } }),
    tenant.call('POST', `/catalogue/${own}/configure`, { config: { transport: 'stdio' } }),
    tenant.call('POST', `/catalogue/${service}/configure`, { config: { apiToken: SECRET }, server_id: own }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([...Array<number>(13).fill(400), 409]);
  const tried = await tenant.call('POST', '/catalogue', { server_json: entry('1.0.0', 'com.example/mine') });
  const listed = await tenant.call('POST', '/catalogue/packages', { package: 'left-pad', version: '1.0.0' });
  expect([tried.status, listed.status]).toEqual([403, 403]);
});

test('the whole of what was got may be sent back with one word changed, and says what changed', async () => {
  const { body: got } = await tenant.call<{ circuit: object; handle: string; account_status: null }>(
    'GET',
    `/servers/${server}`,
  );
  const { circuit: _circuit, handle: _handle, account_status: _account, ...kept } = got;
  const put = await tenant.call<object>('PUT', `/servers/${server}`, { ...got, description: 'Ours.', timeout: 45 });
  expect([put.status, put.body]).toMatchObject([
    200,
    { ...kept, description: 'Ours.', timeout: 45, updated_at: expect.any(String) as string },
  ]);
  const { body: feed } = await tenant.call<{ activity: object[] }>('GET', '/activity?action=server.changed');
  expect(feed.activity[0]).toMatchObject({ details: { fields: ['description', 'timeout'] } });
});

test('what is no exact version of a package with a program, all of the registry, is not listed', async () => {
  const wrong = ['latest', '^1.0.0', '1', '1.x', '*', '', 'file:../x', 'git+ssh://x', '1.0.0 --registry=http://x'];
  for (const version of wrong) expect([version, (await list(version)).status]).toEqual([version, 400]);
  const names = [
    '../x',
    'file:/etc',
    'http://127.0.0.1:9/x.tgz',
    'git@github.com:a/b',
    '-g',
    'a b',
    '@x',
    'A',
    '@example/notes@2.0.0',
  ];
  for (const name of names) expect([name, (await list('1.0.0', name)).status]).toEqual([name, 400]);
  for (const name of ['is-not-there', 'no-program', 'foreign-parts']) {
    const answer = await list('1.0.0', name);
    expect([name, ...codeOf(answer)]).toEqual([name, 409, 'PACKAGE_NOT_INSTALLED']);
    expect(answer.text).not.toContain(app.dataDirectory);
  }
}, 60_000);

test('one that is not listed any more does not run: its server says so', async () => {
  const { body } = await admin.call<{ packages: { id: string; version: string; servers: number }[] }>(
    'GET',
    '/catalogue/packages',
  );
  const listed = body.packages.find(({ servers }) => servers > 0);
  expect(listed?.servers).toBe(1);
  expect((await admin.call('DELETE', `/catalogue/packages/${listed?.id}`)).status).toBe(200);
  const { body: now } = await eventually(
    () => tenant.call<{ status: string; status_reason: string }>('GET', `/servers/${server}`),
    (answer) => answer.body.status === 'offline',
  );
  expect(now.status_reason).toContain('not on the list');
  const folder = join(app.dataDirectory, 'packages', 'files', server);
  expect((await tenant.call('DELETE', `/servers/${server}`)).status).toBe(200);
  await eventually(
    async () => existsSync(folder),
    (isThere) => !isThere,
  );
});

test('somebody who administers an organization, and not the instance, lists nothing', async () => {
  const guest = await new Organizations(app).join(tenant, 'admin');
  expect((await guest.call('GET', '/catalogue/packages')).status).toBe(403);
});

test('a registry of our own setting goes before the one of npm, which has to be one', async () => {
  const packages = (from: string | undefined, ofNpm: string) =>
    new NpmPackages({
      folder: join(home, 'packages'),
      registry: from,
      npmEnvironment: { PATH: process.env.PATH ?? '', HOME: home, NPM_CONFIG_REGISTRY: ofNpm },
    });
  const version = { name: '@example/notes', version: '2.0.0' };
  await expect(packages(undefined, 'file:///etc/').install(version)).rejects.toThrow(
    'npm is configured with no registry',
  );
  await packages(registry.url, 'http://127.0.0.1:9/').install(version);
}, 30_000);
