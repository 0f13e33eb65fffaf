import { newId } from '../../../src/platform/ids.js';
import { type Account, type RegistryApp, startRegistryApp } from './registry-app.js';
import { type Upstream, startUpstream } from './upstream.js';

interface Problem {
  code: string;
  detail: string;
  errors: { path: string; message: string }[];
}
interface ServerBody {
  id: string;
  name: string;
}

let app: RegistryApp;
let upstream: Upstream;
let ada: Account;
let bob: Account;

beforeAll(async () => {
  [app, upstream] = await Promise.all([startRegistryApp(), startUpstream()]);
  ada = await app.signUp();
  bob = await app.signUp();
});

afterAll(async () => {
  await app.close();
  await upstream.close();
});

let count = 0;
const form = (more: object = {}) => ({
  name: `Server ${(count += 1)}`,
  url: upstream.url,
  auth_method: 'none',
  ...more,
});
const create = async (more: object = {}, who = ada) => {
  const answer = await who.call<ServerBody>('POST', '/servers', form(more));
  expect(answer).toMatchObject({ status: 201 });
  return answer.body;
};

describe('creating a server', () => {
  test('answers with all that the document names, and what we add', async () => {
    const answer = await ada.call('POST', '/servers', form({ name: '  Mine ' }));
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^mcp_[0-9a-f]{32}$/) as string,
      name: 'Mine',
      url: upstream.url,
      auth_method: 'none',
      status: 'offline',
      timeout: 30,
      ssl_verify: true,
      created_at: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/) as string,
      updated_at: expect.any(String) as string,
      transport: 'auto',
      approval_policy: 'require_approval_all',
      description: null,
      request_headers: {},
      service_id: null,
      client_features: [],
      credentials_set: false,
      latency: null,
      last_checked: null,
      status_reason: 'Not checked yet.',
      tool_count: null,
      protocol: null,
      oauth: null,
      demo: false,
      level: 'manage',
    });
  });

  test('takes the spellings of the second draft', async () => {
    const answer = await ada.call('POST', '/servers', {
      serverName: 'Production Server',
      serverUrl: upstream.url,
      authMethod: 'apiKey',
      credentials: { apiKey: 'secret-api-key' },
      timeout: 12,
      sslVerify: false,
    });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        name: 'Production Server',
        auth_method: 'api_key',
        timeout: 12,
        ssl_verify: false,
        credentials_set: true,
      },
    });
  });

  test('needs no server that answers', async () => {
    const created = await create({ url: 'http://127.0.0.1:1/mcp' });
    expect(created).toMatchObject({ status: 'offline' });
  });

  test.each([
    ['no name', { name: undefined }, '/name'],
    ['an empty name', { name: '   ' }, '/name'],
    ['a long name', { name: 'x'.repeat(101) }, '/name'],
    ['a name with a line break', { name: 'a\nb' }, '/name'],
    ['no URL', { url: 'example' }, '/url'],
    ['another scheme', { url: 'ftp://example.com/' }, '/url'],
    ['a fragment', { url: 'https://example.com/mcp#' }, '/url'],
    ['a long URL', { url: `https://example.com/${'x'.repeat(2_048)}` }, '/url'],
    ['an unknown way to sign in', { auth_method: 'basic' }, '/auth_method'],
    ['no way to sign in', { auth_method: undefined }, '/auth_method'],
    ['a timeout of zero', { timeout: 0 }, '/timeout'],
    ['a timeout beyond ten minutes', { timeout: 601 }, '/timeout'],
    ['a timeout as text', { timeout: '30' }, '/timeout'],
    ['an unknown policy', { approval_policy: 'never' }, '/approval_policy'],
    ['an unknown field', { colour: 'red' }, '/colour'],
    ['both spellings of a field', { serverUrl: 'https://example.com/' }, '/serverUrl'],
    ['a key without a value', { auth_method: 'api_key' }, '/credentials/api_key'],
    ['an empty key', { auth_method: 'api_key', credentials: { api_key: ' ' } }, '/credentials/api_key'],
    [
      'a key with a line break',
      { auth_method: 'api_key', credentials: { api_key: 'a\r\nb: c' } },
      '/credentials/api_key',
    ],
    [
      'the header Host',
      { auth_method: 'api_key', credentials: { api_key: 'k', header: 'Host' } },
      '/credentials/header',
    ],
    [
      'a header of MCP',
      { auth_method: 'api_key', credentials: { api_key: 'k', header: 'MCP-x' } },
      '/credentials/header',
    ],
    [
      'a header that is none',
      { auth_method: 'api_key', credentials: { api_key: 'k', header: 'a b' } },
      '/credentials/header',
    ],
    [
      'a scheme of two words',
      { auth_method: 'api_key', credentials: { api_key: 'k', scheme: 'a b' } },
      '/credentials/scheme',
    ],
  ])('refuses %s', async (_what, more, path) => {
    const answer = await ada.call<Problem>('POST', '/servers', form(more));
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((error) => error.path)).toContain(path);
  });

  test('refuses a secret in the URL, says where it belongs, and does not repeat it', async () => {
    const answer = await ada.call<Problem>('POST', '/servers', form({ url: 'https://ada:hunter22@example.com/mcp' }));
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toContain('credentials');
    expect(answer.text).not.toContain('hunter22');
  });

  test.each([
    'http://10.0.0.1/mcp',
    'http://169.254.169.254/latest',
    'http://0xa9fea9fe/',
    'http://[fd00::1]/mcp',
    'http://[::ffff:10.0.0.1]/mcp',
  ])('refuses the private address %s with one thing to try', async (url) => {
    const answer = await ada.call<Problem>('POST', '/servers', form({ url }));
    expect(answer).toMatchObject({ status: 400, body: { code: 'EGRESS_REFUSED' } });
    expect(answer.body.detail).toContain('EGRESS_ALLOW');
  });

  test('refuses a name that the organization has, in any case; another organization may have it', async () => {
    await create({ name: 'Twin' });
    const again = await ada.call<Problem>('POST', '/servers', form({ name: 'tWIN' }));
    expect(again).toMatchObject({ status: 409, body: { code: 'SERVER_NAME_TAKEN' } });
    await create({ name: 'Twin' }, bob);
  });
});

describe('listing servers', () => {
  test('gives fifty a page by creation, with a next that a page takes, absent at the end', async () => {
    const eve = await app.signUp();
    const made: string[] = [];
    for (let index = 0; index < 51; index += 1) made.push((await create({}, eve)).id);
    const first = await eve.call<{ servers: ServerBody[]; next: string }>('GET', '/servers');
    expect(first.body.servers.map(({ id }) => id)).toEqual(made.slice(0, 50));
    expect(first.body.next).toBe('2');
    const second = await eve.call<{ servers: ServerBody[] }>('GET', `/servers?page=${first.body.next}`);
    expect(second.body.servers.map(({ id }) => id)).toEqual(made.slice(50));
    expect(second.body).not.toHaveProperty('next');
    const again = await eve.call<{ servers: ServerBody[] }>('GET', '/servers?page=1');
    expect(again.body.servers.map(({ id }) => id)).toEqual(made.slice(0, 50));
    expect((await eve.call('GET', '/servers?page=9')).body).toEqual({ servers: [] });
  });

  test.each(['page=0', 'page=-1', 'page=x', 'page=1.5', 'page=1&page=2', 'limit=3', 'page='])(
    'refuses the query %s',
    async (query) => {
      expect(await ada.call('GET', `/servers?${query}`)).toMatchObject({ status: 400 });
    },
  );
});

describe('changing a server', () => {
  test('leaves what is absent, and takes the whole answer back', async () => {
    const server = await create({ timeout: 7 });
    const renamed = await ada.call('PUT', `/servers/${server.id}`, { name: 'Renamed' });
    expect(renamed).toMatchObject({ status: 200, body: { name: 'Renamed', timeout: 7, url: upstream.url } });
    const whole = await ada.call('PUT', `/servers/${server.id}`, { ...renamed.body, timeout: 8 });
    expect(whole).toMatchObject({ status: 200, body: { name: 'Renamed', timeout: 8 } });
    expect((await ada.call('GET', `/servers/${server.id}`)).body).toMatchObject({ name: 'Renamed', timeout: 8 });
  });

  test('keeps its own name but takes nobody else’s', async () => {
    await create({ name: 'Taken' });
    const server = await create({ name: 'Free' });
    expect(await ada.call('PUT', `/servers/${server.id}`, { name: 'FREE' })).toMatchObject({ status: 200 });
    expect(await ada.call('PUT', `/servers/${server.id}`, { name: 'taken' })).toMatchObject({ status: 409 });
  });

  test('keeps credentials until others come or the way to sign in changes', async () => {
    const { id } = await create({ auth_method: 'api_key', credentials: { api_key: 'first-key' } });
    const stored = async () => {
      const [row] = await app.database.sql<{ credentials: string | null; account_version: number }>(
        'select credentials, account_version from servers where id = $1',
        [id],
      );
      return row;
    };
    const first = await stored();
    await ada.call('PUT', `/servers/${id}`, { timeout: 9, credentials: { api_key: '' } });
    expect(await stored()).toEqual(first);

    await ada.call('PUT', `/servers/${id}`, { credentials: { api_key: 'second-key' } });
    const second = await stored();
    expect(second?.credentials).not.toBe(first?.credentials);
    expect(second?.account_version).toBe(2);

    const signedIn = await ada.call('PUT', `/servers/${id}`, { auth_method: 'oauth' });
    expect(signedIn.body).toMatchObject({ credentials_set: false, oauth: { account: 'shared', client_id: null } });
    expect((await stored())?.account_version).toBe(3);

    const open = await ada.call('PUT', `/servers/${id}`, { auth_method: 'none' });
    expect(open.body).toMatchObject({ credentials_set: false });
    expect(await stored()).toEqual({ credentials: null, account_version: 4 });
  });

  test('refuses a private address', async () => {
    const { id } = await create();
    const answer = await ada.call<Problem>('PUT', `/servers/${id}`, { url: 'http://192.168.1.1/mcp' });
    expect(answer).toMatchObject({ status: 400, body: { code: 'EGRESS_REFUSED' } });
  });
});

describe('somebody else’s server', () => {
  const masked = (text: string) => text.replaceAll(/req_[0-9a-f]{32}/g, 'req');

  test.each([
    ['GET', ''],
    ['PUT', ''],
    ['DELETE', ''],
    ['GET', '/status'],
    ['POST', '/check'],
    ['GET', '/tools'],
  ])('%s %s is the same 404 as for one that never was', async (method, path) => {
    const { id } = await create();
    const body = method === 'PUT' ? { name: 'Mine now' } : undefined;
    const foreign = await bob.call(method, `/servers/${id}${path}`, body);
    const unknown = await bob.call(method, `/servers/${newId('mcp')}${path}`, body);
    const malformed = await bob.call(method, `/servers/17${path}`, body);
    expect(foreign).toMatchObject({ status: 404, body: { code: 'SERVER_NOT_FOUND' } });
    expect(masked(foreign.text)).toBe(masked(unknown.text));
    expect(masked(foreign.text)).toBe(masked(malformed.text));
    expect(await ada.call('GET', `/servers/${id}`)).toMatchObject({ status: 200 });
  });

  test('is not in the list', async () => {
    const { id } = await create();
    expect((await bob.call('GET', '/servers')).text).not.toContain(id);
  });
});

test('a deleted server is gone', async () => {
  const { id } = await create();
  const answer = await ada.call('DELETE', `/servers/${id}`);
  expect(answer).toMatchObject({ status: 200, body: { status: 'deleted' } });
  expect(await ada.call('GET', `/servers/${id}`)).toMatchObject({ status: 404 });
  expect(await ada.call('DELETE', `/servers/${id}`)).toMatchObject({ status: 404 });
});

test('without a token nothing is told', async () => {
  expect((await fetch(`${app.url}/api/v1/servers`)).status).toBe(401);
});
