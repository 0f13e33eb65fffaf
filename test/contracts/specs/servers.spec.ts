import { type TestApp, startTestApp } from '../../support/app.js';
import { Client } from '../support/client.js';
import { chapter } from '../support/compatibility.js';
import { Deleted, McpServer, McpServerList } from '../support/document.js';

const UNKNOWN_ID = `mcp_${'0'.repeat(32)}`;

chapter('servers', 'Servers', (holds) => {
  let app: TestApp;
  let client: Client;
  let token: string;
  let count = 0;

  beforeAll(async () => {
    app = await startTestApp();
    client = new Client(app.url);
    token = (await client.signIn()).access_token;
  });

  afterAll(() => app.stop());

  const create = (more: object = {}, as = token) => {
    count += 1;
    // Nobody listens there: to be registered, a server need not answer.
    const body = { name: `Server ${count}`, url: 'http://127.0.0.1:9/mcp', auth_method: 'none', ...more };
    return client.call('POST', '/servers', { token: as, body });
  };
  const created = (more?: object, as?: string) => client.expect(201, McpServer, create(more, as));

  const LIST = 'Endpoints, GET /servers';
  holds(LIST, 'GET /servers answers the servers, each as the model says', async () => {
    const server = await created();
    const { servers } = await client.expect(200, McpServerList, client.call('GET', '/servers', { token }));
    expect(servers.map(({ id }) => id)).toContain(server.id);
  });
  holds(
    `${LIST}; Notes, pagination`,
    'GET /servers?page goes on by number and by next, until there is no next',
    async () => {
      const own = (await client.signIn()).access_token;
      for (let made = 0; made < 51; made += 1) await created({}, own);
      // By ids: meanwhile each server is checked for the first time, and its status changes.
      const page = async (query: string) => {
        const answer = client.call('GET', `/servers${query}`, { token: own });
        const { servers, next } = await client.expect(200, McpServerList, answer);
        return { ids: servers.map(({ id }) => id), next };
      };
      const first = await page('');
      expect(first.ids).toHaveLength(50);
      const byNext = await page(`?page=${encodeURIComponent(String(first.next))}`);
      expect(byNext).toEqual({ ids: [expect.any(String)], next: undefined });
      expect(new Set([...first.ids, ...byNext.ids]).size).toBe(51);
      expect(await page('?page=2')).toEqual(byNext);
      expect(await page('?page=1')).toEqual(first);
    },
  );
  holds(LIST, 'GET /servers shows nobody the servers of others', async () => {
    await created();
    const stranger = (await client.signIn()).access_token;
    const { servers } = await client.expect(200, McpServerList, client.call('GET', '/servers', { token: stranger }));
    expect(servers).toEqual([]);
  });
  holds(LIST, 'GET /servers without a token is 401', async () => {
    await client.refuses(401, client.call('GET', '/servers'));
  });

  const CREATE = 'Endpoints, POST /servers';
  holds(CREATE, 'POST /servers answers the server, with timeout 30 and ssl_verify true unless told', async () => {
    const server = await created({ name: 'With defaults' });
    expect(server).toMatchObject({ name: 'With defaults', auth_method: 'none', timeout: 30, ssl_verify: true });
  });
  holds(CREATE, 'POST /servers takes all that McpServerCreate has', async () => {
    const asked = { auth_method: 'api_key', timeout: 5, ssl_verify: false };
    const server = await created({ ...asked, credentials: { api_key: 'a-secret-key' } });
    expect(server).toMatchObject(asked);
    expect(JSON.stringify(server)).not.toContain('a-secret-key');
    const oauth = { auth_method: 'oauth', credentials: { access_token: 'a-secret-token' } };
    expect(await created(oauth)).toMatchObject({ auth_method: 'oauth' });
  });
  holds(CREATE, 'POST /servers with a field that is missing or wrong is 400', async () => {
    const wrong = [
      { name: undefined },
      { url: undefined },
      { auth_method: undefined },
      { name: '' },
      { url: 'not a url' },
      { auth_method: 'password' },
      { timeout: 'soon' },
      { ssl_verify: 'yes' },
      { credentials: 'key' },
    ];
    for (const more of wrong) await client.refuses(400, create(more));
  });
  holds(CREATE, 'POST /servers without a token is 401', async () => {
    const body = { name: 'A', url: 'http://127.0.0.1:9/mcp', auth_method: 'none' };
    await client.refuses(401, client.call('POST', '/servers', { body }));
  });
  holds(CREATE, 'POST /servers with the name of another server is 409', async () => {
    await created({ name: 'Twice' });
    await client.refuses(409, create({ name: 'Twice' }));
  });

  const UPDATE = 'Endpoints, PUT /servers/{server_id}';
  const update = (id: string, body: object, as: string | undefined = token) =>
    client.call('PUT', `/servers/${id}`, { token: as, body });
  holds(UPDATE, 'PUT /servers/{server_id} changes each field of McpServerUpdate and leaves the others', async () => {
    let server = await created();
    const changes = [
      { name: 'Renamed' },
      { url: 'http://127.0.0.1:10/mcp' },
      { timeout: 12 },
      { ssl_verify: false },
      { auth_method: 'api_key', credentials: { api_key: 'another-key' } },
    ];
    for (const change of changes) {
      const { credentials, ...told } = { credentials: undefined, ...change };
      const after = await client.expect(200, McpServer, update(server.id, change));
      const { name, url, auth_method, timeout, ssl_verify } = server;
      expect(after).toMatchObject({ name, url, auth_method, timeout, ssl_verify, ...told });
      expect(JSON.stringify(after)).not.toContain(credentials?.api_key ?? 'another-key');
      server = after;
    }
  });
  holds(UPDATE, 'PUT /servers/{server_id} with a wrong field is 400', async () => {
    const { id } = await created();
    for (const body of [{ timeout: -1 }, { url: 'x' }, { auth_method: 'basic' }, { ssl_verify: 1 }, { name: 7 }]) {
      await client.refuses(400, update(id, body));
    }
  });
  holds(UPDATE, 'PUT /servers/{server_id} without a token is 401', async () => {
    const { id } = await created();
    await client.refuses(401, client.call('PUT', `/servers/${id}`, { body: { name: 'B' } }));
  });
  holds(UPDATE, 'PUT /servers/{server_id} of an unknown server, or of another user, is 404', async () => {
    const { id } = await created();
    const stranger = (await client.signIn()).access_token;
    await client.refuses(404, update(UNKNOWN_ID, { name: 'B' }));
    await client.refuses(404, update(id, { name: 'B' }, stranger));
  });

  const REMOVE = 'Endpoints, DELETE /servers/{server_id}';
  const remove = (id: string, as?: string) => client.call('DELETE', `/servers/${id}`, { token: as });
  holds(REMOVE, 'DELETE /servers/{server_id} removes it', async () => {
    const { id } = await created();
    await client.expect(200, Deleted, remove(id, token));
    await client.refuses(404, client.call('GET', `/servers/${id}/status`, { token }));
  });
  holds(REMOVE, 'DELETE /servers/{server_id} without a token is 401', async () => {
    const { id } = await created();
    await client.refuses(401, remove(id));
  });
  holds(REMOVE, 'DELETE /servers/{server_id} of an unknown server, or of another user, is 404', async () => {
    const { id } = await created();
    const stranger = (await client.signIn()).access_token;
    await client.refuses(404, remove(UNKNOWN_ID, token));
    await client.refuses(404, remove(id, stranger));
  });
});
