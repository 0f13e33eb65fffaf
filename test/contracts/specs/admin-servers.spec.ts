import { z } from 'zod';
import { eventually, startTestApp, type TestApp } from '../../support/app.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../../support/upstreams/scripted-upstream.js';
import { Client } from '../support/client.js';
import { chapter } from '../support/compatibility.js';

const Server = z.looseObject({
  id: z.string().startsWith('mcp_'),
  name: z.string(),
  url: z.string(),
  status: z.enum(['online', 'offline', 'error']),
  approval_policy: z.string(),
  description: z.string().nullable(),
  tool_count: z.int().nullable(),
});
/** As the document says of every list. */
const Page = z.strictObject({
  items: z.array(Server),
  total: z.int(),
  page: z.int(),
  page_size: z.int(),
  pages: z.int(),
});

const PATH = '/api/servers';

chapter('admin-servers', 'Servers', (holds) => {
  let app: TestApp;
  let upstream: ScriptedUpstream;
  let client: Client;
  let token: string;
  beforeAll(async () => {
    [app, upstream] = await Promise.all([startTestApp(), startScriptedUpstream()]);
    client = new Client(app.url);
    ({ access_token: token } = await client.signIn());
  });
  afterAll(async () => {
    await app.stop();
    await upstream.close();
  });

  const call = (method: string, path = '', sent: Parameters<Client['callAt']>[2] = {}) =>
    client.callAt(method, `${PATH}${path}`, { token, ...sent });
  const make = async (name: string) =>
    client.expect(201, Server, call('POST', '', { body: { name, url: upstream.url, description: 'For a test' } }));

  const LIST = 'Servers, GET /api/servers';
  holds(LIST, 'GET /api/servers lists all servers as items, total, page, page_size, pages', async () => {
    for (const name of ['One', 'Two', 'Three']) await make(name);
    const first = await client.expect(200, Page, call('GET', '?page=1&page_size=2'));
    expect(first).toMatchObject({
      items: [{ name: 'One' }, { name: 'Two' }],
      total: 3,
      page: 1,
      page_size: 2,
      pages: 2,
    });
    const second = await client.expect(200, Page, call('GET', '?page=2&page_size=2'));
    expect(second.items).toMatchObject([{ name: 'Three' }]);
    const stranger = (await client.signIn()).access_token;
    expect(await client.expect(200, Page, call('GET', '', { token: stranger }))).toMatchObject({ items: [], total: 0 });
  });
  holds('Admin API', 'GET /api/servers without a token is 401', async () => {
    await client.refuses(401, client.callAt('GET', PATH));
  });

  const CREATE = 'Servers, POST /api/servers';
  holds(CREATE, 'POST /api/servers creates a server, which is checked in the background', async () => {
    const made = await make('Checked');
    expect(made).toMatchObject({ approval_policy: 'require_approval_all', description: 'For a test' });
    await eventually(
      () => client.expect(200, Server, call('GET', `/${made.id}`)),
      ({ status, tool_count }) => status === 'online' && tool_count !== null,
    );
  });
  holds(CREATE, 'POST /api/servers with a wrong field is 400, with a taken name 409', async () => {
    const body = { name: 'Wrong', url: upstream.url };
    for (const wrong of [{ url: 'ftp://example.com' }, { name: '' }, { transport: 'stdio' }, { more: 1 }]) {
      const refused = await client.refuses(400, call('POST', '', { body: { ...body, ...wrong } }));
      expect([wrong, refused.code]).toEqual([wrong, 'VALIDATION_ERROR']);
    }
    const taken = await client.refuses(409, call('POST', '', { body: { ...body, name: 'One' } }));
    expect(taken.code).toBe('SERVER_NAME_TAKEN');
  });

  holds('Servers, GET /api/servers/{id}', 'GET /api/servers/{id} gets details, and an unknown one is 404', async () => {
    const { id } = await make('Details');
    expect(await client.expect(200, Server, call('GET', `/${id}`))).toMatchObject({ id, name: 'Details' });
    const stranger = (await client.signIn()).access_token;
    for (const unknown of [id, `mcp_${'0'.repeat(32)}`, '1']) {
      const refused = await client.refuses(404, call('GET', `/${unknown}`, { token: stranger }));
      expect(refused.code).toBe('SERVER_NOT_FOUND');
    }
  });

  const UPDATE = 'Servers, PATCH /api/servers/{id}';
  holds(UPDATE, 'PATCH /api/servers/{id} updates what is named', async () => {
    const { id } = await make('Before');
    const body = { name: 'After', approval_policy: 'require_approval_writes', request_headers: { 'X-Team': 'blue' } };
    expect(await client.expect(200, Server, call('PATCH', `/${id}`, { body }))).toMatchObject({
      ...body,
      description: 'For a test',
    });
  });
  holds(UPDATE, 'PATCH /api/servers/{id} with an If-Match of before is 412', async () => {
    const { id } = await make('Raced');
    const read = await fetch(`${app.url}${PATH}/${id}`, { headers: { authorization: `Bearer ${token}` } });
    const headers = { 'If-Match': read.headers.get('etag') ?? '' };
    await client.expect(200, Server, call('PATCH', `/${id}`, { body: { description: 'First' }, headers }));
    const late = await client.refuses(412, call('PATCH', `/${id}`, { body: { description: 'Second' }, headers }));
    expect(late).toMatchObject({ code: 'SERVER_CHANGED' });
    expect(late).toHaveProperty('current_version');
  });

  holds('Servers, DELETE /api/servers/{id}', 'DELETE /api/servers/{id} deletes a server and its tools', async () => {
    const { id } = await make('Gone');
    await client.expect(200, z.object({ message: z.string() }), call('DELETE', `/${id}`));
    await client.refuses(404, call('GET', `/${id}`));
  });

  const PACKAGE = 'npm:@modelcontextprotocol/server-memory@1.0.0';
  holds(
    CREATE,
    'POST and PATCH /api/servers with the address of a package are 400: the catalogue has those',
    async () => {
      const { id } = await make('No package');
      const body = { name: 'A package', url: PACKAGE };
      for (const refused of [call('POST', '', { body }), call('PATCH', `/${id}`, { body: { url: PACKAGE } })]) {
        const { code, detail } = await client.refuses(400, refused);
        expect([code, detail]).toEqual(['VALIDATION_ERROR', expect.stringContaining('catalogue')]);
      }
    },
  );

  const HOSTS = 'Servers, POST and DELETE /api/servers/{id}/allowed-hosts';
  holds(HOSTS, 'POST and DELETE …/allowed-hosts are 409 for a server that runs elsewhere', async () => {
    const { id } = await make('Elsewhere');
    const add = call('POST', `/${id}/allowed-hosts`, { body: { host: 'api.example.com' } });
    expect((await client.refuses(409, add)).code).toBe('SERVER_IS_REMOTE');
    expect((await client.refuses(409, call('DELETE', `/${id}/allowed-hosts`))).code).toBe('SERVER_IS_REMOTE');
  });
});
