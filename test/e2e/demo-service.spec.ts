import { CuratedServicesService } from '../../src/core/catalogue/curated-services.service.js';
import { Database } from '../../src/platform/database/database.js';
import { type Answer, eventually, type Person, startTestApp, type TestApp } from '../support/app.js';
import { Organizations } from '../support/organizations.js';

interface ServiceRow {
  id: string;
  source: string;
  available: boolean;
  unavailable_reason: string | null;
  configured: boolean;
  server_ids: string[];
}
interface Configured {
  server: { id: string; name: string; demo: boolean; approval_policy: string };
  report: { ok: boolean };
}

let app: TestApp;
let ada: Person;

const codeOf = ({ status, body }: Answer<unknown>) => [status, (body as { code?: string }).code];
const find = async (by = ada): Promise<ServiceRow> => {
  const { body } = await by.call<{ services: ServiceRow[] }>('GET', '/catalogue?q=demo%20server');
  expect(body.services).toHaveLength(1);
  const [service] = body.services;
  if (!service) throw new Error('The demo server is not in the catalogue.');
  return service;
};
const configure = async (body: object, by = ada) =>
  by.call<Configured>('POST', `/catalogue/${(await find()).id}/configure`, body);
const platform = (method: string, path: string, body?: object) =>
  app.api<{ data: Record<string, unknown> }>(method, `/v1/mcp${path}`, { token: ada.token, ...(body && { body }) });

beforeAll(async () => {
  app = await startTestApp({ DEMO_SERVER: 'true', DEMO_PORT: '0' });
  ada = await app.signIn();
  await eventually(find, ({ configured }) => configured);
}, 60_000);
afterAll(async () => {
  await app.stop();
});

test('a new organization finds the demo server among the services, set up already', async () => {
  const { body } = await ada.call<{ servers: { id: string; demo: boolean; service_id: string }[] }>('GET', '/servers');
  const [server] = body.servers;
  const service = await find();
  expect(service).toMatchObject({ source: 'curated', available: true, unavailable_reason: null, configured: true });
  expect([service.server_ids, server]).toMatchObject([[server?.id], { demo: true, service_id: service.id }]);
  const configured = await configure({ config: {} });
  expect([configured.status, configured.body]).toMatchObject([
    201,
    { server: { id: server?.id, demo: true, approval_policy: 'require_approval_writes' }, report: { ok: true } },
  ]);
  const again = await configure({ config: {}, server_id: server?.id });
  expect([again.status, again.body.server.id]).toEqual([201, server?.id]);
});

test('one that was deleted is configured and executed with one call each, over the Platform API', async () => {
  const { id, server_ids } = await find();
  expect((await ada.call('DELETE', `/servers/${server_ids[0]}`)).status).toBe(200);
  const listed = await platform('GET', '/services?filter=demo%20server');
  expect(listed.body.data).toMatchObject({ services: [{ id, isConfigured: false, available: true }] });
  const details = await platform('GET', `/services/${id}`);
  expect(details.body.data).toMatchObject({ service: { configSchema: { properties: {}, required: [] } } });
  const configured = await platform('POST', `/services/${id}/configure`, { config: {} });
  expect([configured.status, configured.body.data]).toMatchObject([200, { service: { isConfigured: true } }]);
  const body = { serviceId: id, toolName: 'query_signups', parameters: { days: 3 } };
  const executed = await platform('POST', '/execute/tool', body);
  expect([executed.status, executed.body.data]).toMatchObject([
    200,
    { result: { total: expect.any(Number) as number } },
  ]);
});

test('an organization has one, however often and by how many it is configured', async () => {
  const [deleted] = (await find()).server_ids;
  expect((await ada.call('DELETE', `/servers/${deleted}`)).status).toBe(200);
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => configure({ config: {}, name: 'Our demo server' })),
  );
  expect(new Set(answers.map(({ status, body }) => `${status} ${body.server?.id} ${body.report?.ok}`)).size).toBe(1);
  expect(answers[0]?.body).toMatchObject({ server: { name: 'Our demo server', demo: true }, report: { ok: true } });
  expect((await find()).server_ids).toEqual([answers[0]?.body.server.id]);
});

test('nothing is entered for it, no other server is made of it, and who manages no servers makes none', async () => {
  expect(codeOf(await configure({ config: { url: 'http://127.0.0.1:9/mcp' } }))).toEqual([400, 'VALIDATION_ERROR']);
  const other = await ada.call<{ id: string }>('POST', '/servers', {
    name: 'Other',
    url: 'http://127.0.0.1:9/mcp',
    auth_method: 'none',
  });
  const refused = await configure({ config: {}, server_id: other.body.id });
  expect(codeOf(refused)).toEqual([409, 'SERVER_OF_OTHER_SERVICE']);
  const guest = await new Organizations(app).join(ada, 'viewer');
  expect((await configure({ config: {} }, guest)).status).toBe(403);
});

test('an entry of its name that an administrator wrote leads nowhere else', async () => {
  await ada.call('POST', '/instance/claim', {});
  const { id, server_ids } = await find();
  const elsewhere = {
    name: 'io.switchyard/demo',
    title: 'Demo server of ours',
    description: 'Elsewhere.',
    version: '2.0.0',
    remotes: [{ type: 'streamable-http', url: 'http://127.0.0.1:9/mcp' }],
  };
  expect((await ada.call('PATCH', `/catalogue/${id}`, { server_json: elsewhere })).status).toBe(200);
  const { body } = await configure({ config: {} });
  expect(body).toMatchObject({ server: { id: server_ids[0] }, report: { ok: true } });
});

test('demo servers of before, and those of a removed entry that comes back, are servers of the entry at the next start', async () => {
  const { id, server_ids } = await find();
  await app.get(Database).sql('update servers set service_id = null where demo');
  expect((await ada.call<ServiceRow>('GET', `/catalogue/${id}`)).body.server_ids).toEqual([]);
  await app.get(CuratedServicesService).onApplicationBootstrap();
  expect((await find()).server_ids).toEqual(server_ids);
  expect((await ada.call('DELETE', `/catalogue/${id}`)).status).toBe(200);
  await app.get(CuratedServicesService).onApplicationBootstrap();
  const own = await find();
  expect(own).toMatchObject({ id: server_ids[0], source: 'server' });
});
