import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { CuratedServicesService } from '../../src/core/catalogue/curated-services.service.js';
import { Database } from '../../src/platform/database/database.js';
import { type Answer, type Person, startTestApp, type TestApp } from '../support/app.js';
import { listenHere, stopListening } from '../support/listening.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/upstreams/scripted-upstream.js';

interface ServiceRow {
  id: string;
  name: string;
  title: string;
  source: string;
  available: boolean;
  unavailable_reason: string | null;
  server_ids: string[];
}

let app: TestApp;
let upstream: ScriptedUpstream;
let admin: Person;
let tenant: Person;
let site: Server;
let siteUrl: string;
let answerWith: (request: IncomingMessage, response: ServerResponse) => void;

const codeOf = ({ status, body }: Answer<unknown>) => [status, (body as { code?: string }).code];
const find = async (by: Person, q: string) =>
  (await by.call<{ services: ServiceRow[] }>('GET', `/catalogue?q=${encodeURIComponent(q)}`)).body.services;
const remote = (name: string, url: string, more: object = {}) => ({
  name: `com.example/${name}`,
  title: name,
  description: `The ${name} service.`,
  version: '1.0.0',
  remotes: [{ type: 'streamable-http', url, ...more }],
});
const add = async (entry: object) => (await admin.call<ServiceRow>('POST', '/catalogue', { server_json: entry })).body;
const configure = (id: string, config: object, more: object = {}) =>
  tenant.call<{ server: { id: string; name: string }; report: { ok: boolean; checks: object[] } }>(
    'POST',
    `/catalogue/${id}/configure`,
    { config, ...more },
  );

beforeAll(async () => {
  [app, upstream] = await Promise.all([startTestApp(), startScriptedUpstream()]);
  [admin, tenant] = [await app.signIn(), await app.signIn()];
  await admin.call('POST', '/instance/claim', {});
  site = createServer((request, response) => answerWith(request, response));
  siteUrl = await listenHere(site);
}, 60_000);
afterAll(async () => {
  await stopListening(site);
  await app.stop();
  await upstream.close();
});

describe('what ships with the product', () => {
  test('can be read, each entry, and says why it is not available', async () => {
    const { body } = await tenant.call<{ services: ServiceRow[] }>('GET', '/catalogue');
    const curated = body.services.filter(({ source }) => source === 'curated');
    expect(curated.length).toBeGreaterThanOrEqual(15);
    const closed = curated.filter(({ available }) => !available);
    expect(closed.map(({ title }) => title)).toEqual(expect.arrayContaining(['Memory', 'Files', 'Everything']));
    expect(closed.map(({ title }) => title)).not.toContain('Linear');
    expect(closed.every(({ unavailable_reason: reason }) => (reason ?? '').length > 10)).toBe(true);
    const github = curated.find(({ title }) => title === 'GitHub');
    const details = await tenant.call('GET', `/catalogue/${github?.id}`);
    expect(details.body).toMatchObject({
      config_schema: {
        properties: { githubToken: { format: 'password', writeOnly: true } },
        required: ['githubToken'],
      },
      capabilities: ['codeSearch', 'issueManagement', 'pullRequests'],
    });
  });

  test('has the demo server, and says so where this instance runs none', async () => {
    const [demo] = await find(tenant, 'demo server');
    expect(demo).toMatchObject({ name: 'io.switchyard/demo', source: 'curated', available: false, server_ids: [] });
    expect(demo?.unavailable_reason).toContain('DEMO_SERVER');
    expect(codeOf(await configure(demo?.id ?? '', {}))).toEqual([409, 'SERVICE_UNAVAILABLE']);
  });

  test('is refreshed at a start, but for what an administrator changed or removed', async () => {
    const [deepwiki] = await find(admin, 'deepwiki');
    const [context7] = await find(admin, 'context7');
    const [learn] = await find(admin, 'learn.microsoft');
    expect(learn).toBeUndefined();
    const [aws] = await find(admin, 'aws knowledge');
    const own = { ...remote('x', 'https://example.com/mcp'), name: context7?.name, title: 'Our own Context7' };
    expect((await admin.call('PATCH', `/catalogue/${context7?.id}`, { server_json: own })).status).toBe(200);
    expect((await admin.call('PATCH', `/catalogue/${aws?.id}`, { enabled: false })).status).toBe(200);
    expect((await admin.call('DELETE', `/catalogue/${deepwiki?.id}`)).status).toBe(200);
    await app.get(Database).sql(`update services set title = 'Old', server_json = '{}' where name = 'ai.exa/exa'`);
    await app.get(CuratedServicesService).onApplicationBootstrap();
    expect((await find(admin, 'context7')).map(({ title }) => title)).toEqual(['Our own Context7']);
    expect(await find(admin, 'deepwiki')).toEqual([]);
    expect((await find(admin, 'exa')).map(({ title }) => title)).toContain('Exa');
    expect(await find(tenant, 'aws knowledge')).toEqual([]);
    expect(codeOf(await tenant.call('GET', `/catalogue/${aws?.id}`))).toEqual([404, 'SERVICE_NOT_FOUND']);
  });
});

describe('an import', () => {
  const imported = (source: object) =>
    admin.call<{ added: string[]; changed: string[]; left_out: { name: string }[] }>(
      'POST',
      '/catalogue/import',
      source,
    );

  test('takes the list of a registry, the newest version of each, in old words and new ones', async () => {
    const old = {
      name: 'com.example/old',
      description: 'Of an old version of the form.',
      version_detail: { version: '0.9.0', release_date: '2025-06-01T00:00:00Z' },
      remotes: [{ transport_type: 'sse', url: 'https://example.com/sse' }],
      packages: [{ registry_name: 'npm', name: 'old', version: '0.9.0' }],
    };
    answerWith = (_request, response) =>
      void response.setHeader('content-type', 'application/json').end(
        JSON.stringify({
          servers: [
            {
              server: { ...remote('new', 'https://example.com/mcp'), version: '2.0.0' },
              _meta: { x: { isLatest: true } },
            },
            { server: remote('new', 'https://example.com/mcp'), _meta: { x: { isLatest: false } } },
            old,
            { server: { name: 'no namespace', description: '', version: '1' } },
          ],
          metadata: { count: 4 },
        }),
      );
    const first = await imported({ url: `${siteUrl}/v0/servers` });
    expect([first.status, first.body]).toMatchObject([
      201,
      { added: ['com.example/new', 'com.example/old'], changed: [], left_out: [{ name: 'no namespace' }] },
    ]);
    expect((await imported({ url: `${siteUrl}/v0/servers` })).body.changed).toHaveLength(2);
    expect(await find(tenant, 'com.example/new')).toMatchObject([{ source: 'url', available: true, version: '2.0.0' }]);
    expect(await find(tenant, 'com.example/old')).toMatchObject([{ version: '0.9.0', available: true }]);
  });

  test('reaches nothing that the instance may not reach, and tells nothing of what it found', async () => {
    const refused = ['http://169.254.169.254/latest/meta-data', 'http://10.0.0.1/', 'http://[::ffff:10.0.0.1]/'];
    for (const url of refused) expect([url, ...codeOf(await imported({ url }))]).toEqual([url, 400, 'EGRESS_REFUSED']);
    answerWith = (_request, response) =>
      void response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end();
    expect(codeOf(await imported({ url: siteUrl }))).toEqual([400, 'EGRESS_REFUSED']);
    answerWith = (_request, response) => void response.end('<html>an inner page</html>');
    const page = await imported({ url: siteUrl });
    expect(codeOf(page)).toEqual([400, 'IMPORT_FAILED']);
    expect(page.text).not.toContain('inner page');
    answerWith = (_request, response) => void response.end(`"${'x'.repeat(5 * 1_024 * 1_024)}"`);
    expect(codeOf(await imported({ url: siteUrl }))).toEqual([400, 'EGRESS_REFUSED']);
    for (const url of ['file:///etc/passwd', 'npm:left-pad', 'x']) expect((await imported({ url })).status).toBe(400);
    expect(codeOf(await imported({ document: { servers: [] } }))).toEqual([400, 'IMPORT_FAILED']);
    expect((await tenant.call('POST', '/catalogue/import', { url: siteUrl })).status).toBe(403);
  });
});

describe('a configuration', () => {
  test('fills the URL, and goes nowhere that the instance may not go', async () => {
    const { port } = new URL(upstream.url);
    const variables = { host: { description: 'Your host', isRequired: true } };
    const { id } = await add(remote('hosted', `http://{host}:${port}/mcp`, { variables }));
    for (const host of ['evil.example/x?', 'a@b', 'a b', '127.0.0.1:1@x', '\\evil', 'x\r\ny']) {
      expect([host, ...codeOf(await configure(id, { host }))]).toEqual([host, 400, 'VALIDATION_ERROR']);
    }
    expect(codeOf(await configure(id, { host: '169.254.169.254' }))).toEqual([400, 'EGRESS_REFUSED']);
    const good = await configure(id, { host: '127.0.0.1' });
    expect([good.status, good.body.report.ok]).toEqual([201, true]);
  });

  test('keeps a secret that is not entered again, but sends it to no other host', async () => {
    const { port } = new URL(upstream.url);
    const headers = [{ name: 'X-Api-Key', isRequired: true, isSecret: true }];
    const variables = { host: { isRequired: true } };
    const { id } = await add(remote('kept', `http://{host}:${port}/mcp`, { variables, headers }));
    const made = await configure(id, { host: '127.0.0.1', xApiKey: 'a-key-that-stays' });
    const serverId = made.body.server.id;
    const again = await configure(id, { host: '127.0.0.1' }, { server_id: serverId });
    expect([again.status, again.body.report.ok]).toEqual([201, true]);
    expect(upstream.lastHeaders()['x-api-key']).toBe('a-key-that-stays');
    const moved = await configure(id, { host: 'localhost' }, { server_id: serverId });
    expect(codeOf(moved)).toEqual([400, 'VALIDATION_ERROR']);
    expect(moved.text).toContain('/config/xApiKey');
    const sealed = await app.get(Database).sql('select * from servers where id = $1', [serverId]);
    expect(JSON.stringify(sealed)).not.toContain('a-key-that-stays');
  });

  test('makes a server of a free name, or another one; a name that is given must be free', async () => {
    const { id } = await add(remote('named', upstream.url));
    const names = [await configure(id, {}), await configure(id, {})].map(({ body }) => body.server.name);
    expect(names).toEqual(['named', 'named 2']);
    expect(codeOf(await configure(id, {}, { name: 'named' }))).toEqual([409, 'SERVER_NAME_TAKEN']);
    expect((await find(tenant, 'com.example/named'))[0]?.server_ids).toHaveLength(2);
    expect((await find(admin, 'com.example/named'))[0]?.server_ids).toEqual([]);
    const others = (await find(tenant, 'com.example/named'))[0]?.server_ids[0];
    expect(codeOf(await admin.call('POST', `/catalogue/${id}/configure`, { config: {}, server_id: others }))).toEqual([
      404,
      'SERVER_NOT_FOUND',
    ]);
    expect((await admin.call('DELETE', `/catalogue/${id}`)).status).toBe(200);
    expect(await find(tenant, 'named 2')).toMatchObject([{ source: 'server' }]);
  });

  test('that does not work is kept, and its report says why', async () => {
    const { id } = await add(remote('away', 'http://127.0.0.1:9/mcp'));
    const { status, body } = await configure(id, {});
    expect([status, body.report.ok]).toEqual([201, false]);
    expect(body.report.checks).toContainEqual(expect.objectContaining({ name: 'network', status: 'failed' }));
  });
});

test('an entry that cannot be used is refused with the place of each fault', async () => {
  const wrong = { ...remote('wrong', 'https://example.com'), name: 'no-namespace', version: '' };
  const answer = await admin.call<{ errors: { path: string }[] }>('POST', '/catalogue', { server_json: wrong });
  expect(codeOf(answer)).toEqual([400, 'SERVER_JSON_INVALID']);
  expect(answer.body.errors.map(({ path }) => path)).toEqual(['/server_json/name', '/server_json/version']);
  const again = remote('twice', 'https://example.com/mcp');
  await add(again);
  expect(codeOf(await admin.call('POST', '/catalogue', { server_json: again }))).toEqual([409, 'SERVICE_NAME_TAKEN']);
});
