import { z } from 'zod';
import { startTestApp, type TestApp } from '../../support/app.js';
import { Client } from '../support/client.js';
import { chapter } from '../support/compatibility.js';

const File = z.looseObject({
  servers: z.array(z.looseObject({ name: z.string(), url: z.string(), tools: z.array(z.looseObject({})) })),
});
const Report = z.looseObject({
  summary: z.looseObject({ create: z.int(), same: z.int(), skip: z.int() }),
  servers: z.array(z.looseObject({ name: z.string(), action: z.string(), server_id: z.string().nullable() })),
});

const PATH = '/api/export';

chapter('admin-export', 'Export', (holds) => {
  let app: TestApp;
  let client: Client;
  let token: string;
  beforeAll(async () => {
    app = await startTestApp();
    client = new Client(app.url);
    ({ access_token: token } = await client.signIn());
    for (const name of ['One', 'Two']) {
      const body = { name, url: 'https://93.184.215.14/mcp' };
      await client.expect(201, z.looseObject({}), client.callAt('POST', '/api/servers', { token, body }));
    }
  });
  afterAll(() => app.stop());

  const call = (method: string, path: string, sent: Parameters<Client['callAt']>[2] = {}) =>
    client.callAt(method, `${PATH}${path}`, { token, ...sent });
  const exported = () => client.expect(200, File, call('GET', '/servers'));

  holds('Other, GET /api/export/servers', 'GET /api/export/servers exports all servers and tools as JSON', async () => {
    const { servers } = await exported();
    expect(servers.map(({ name }) => name)).toEqual(['One', 'Two']);
  });
  const ONE = 'Other, GET /api/export/servers/{id}';
  holds(ONE, 'GET /api/export/servers/{id} exports a single server', async () => {
    const list = z.looseObject({ items: z.array(z.looseObject({ id: z.string(), name: z.string() })) });
    const { items } = await client.expect(200, list, client.callAt('GET', '/api/servers', { token }));
    const { servers } = await client.expect(200, File, call('GET', `/servers/${items[0]?.id}`));
    expect(servers).toMatchObject([{ name: items[0]?.name }]);
    await client.refuses(404, call('GET', `/servers/mcp_${'0'.repeat(32)}`));
  });
  const IMPORT = 'Other, POST /api/export/import';
  holds(IMPORT, 'POST /api/export/import imports servers and tools from the JSON of an export', async () => {
    const body = await exported();
    const { access_token: other } = await client.signIn();
    const report = await client.expect(200, Report, call('POST', '/import', { body, token: other }));
    expect(report.summary).toMatchObject({ create: 2 });
    expect(report.servers.every(({ server_id }) => server_id?.startsWith('mcp_'))).toBe(true);
    const again = await client.expect(200, Report, call('POST', '/import', { body, token: other }));
    expect(again.summary).toMatchObject({ create: 0, same: 2 });
  });
  holds(IMPORT, 'POST /api/export/import?dry_run=true says what would change, and changes nothing', async () => {
    const body = await exported();
    const { access_token: other } = await client.signIn();
    const dry = () => client.expect(200, Report, call('POST', '/import?dry_run=true', { body, token: other }));
    expect((await dry()).summary).toMatchObject({ create: 2 });
    expect((await dry()).servers).toMatchObject([{ server_id: null }, { server_id: null }]);
  });
  holds(IMPORT, 'POST /api/export/import of something else is 400', async () => {
    const body = await exported();
    for (const wrong of [{}, { ...body, servers: [] }, { ...body, more: 1 }]) {
      await client.refuses(400, call('POST', '/import', { body: wrong }));
    }
  });
  holds(IMPORT, 'POST /api/export/import of a server that is a package is 400: the catalogue has those', async () => {
    const file = await exported();
    for (const wrong of [{ url: 'npm:left-pad@1.3.0' }, { transport: 'stdio' }]) {
      const body = { ...file, servers: [{ ...file.servers[0], ...wrong }] };
      const { code, detail } = await client.refuses(400, call('POST', '/import', { body }));
      expect([code, detail]).toEqual(['VALIDATION_ERROR', expect.stringContaining('catalogue')]);
    }
  });
  holds('Admin API', 'GET /api/export/servers without a token is 401', async () => {
    await client.refuses(401, client.callAt('GET', `${PATH}/servers`));
  });
});
