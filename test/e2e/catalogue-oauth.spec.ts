import { type Person, startTestApp, type TestApp } from '../support/app.js';
import { type ProtectedUpstream, startProtectedUpstream } from '../support/oauth/protected-upstream.js';
import {
  type ScriptedAuthorizationServer,
  startAuthorizationServer,
} from '../support/oauth/scripted-authorization-server.js';
import { accountOf, signInTo, untilOnline } from './support/accounts.js';
import { eventually } from '../support/app.js';

interface Configured {
  server: { id: string; auth_method: string; oauth: Record<string, unknown>; request_headers: Record<string, string> };
  report: { ok: boolean; checks: { name: string; status: string; fix?: string }[] };
  errors?: { path: string }[];
}
interface Tool {
  name: string;
  state: string;
}

let app: TestApp;
let admin: Person;
let authorization: ScriptedAuthorizationServer;
let upstream: ProtectedUpstream;
let entries = 0;

beforeAll(async () => {
  app = await startTestApp();
  authorization = await startAuthorizationServer();
  upstream = await startProtectedUpstream(authorization);
  admin = await app.signIn();
  await admin.call('POST', '/instance/claim', {});
}, 60_000);
afterAll(async () => {
  await app.stop();
  await Promise.all([upstream.close(), authorization.close()]);
});

/** An entry of the catalogue that says OAuth. */
async function addEntry(meta: object = {}, more: object = {}): Promise<string> {
  entries += 1;
  const server_json = {
    name: `com.example/oauth-${entries}`,
    title: `OAuth ${entries}`,
    description: 'One signs in.',
    version: '1.0.0',
    remotes: [{ type: 'streamable-http', url: upstream.url, ...more }],
    _meta: { 'io.switchyard/catalogue': { auth: 'oauth', ...meta } },
  };
  const made = await admin.call<{ id: string; available: boolean }>('POST', '/catalogue', { server_json });
  expect([made.status, made.body.available]).toEqual([201, true]);
  return made.body.id;
}
const configure = (person: Person, id: string, config: object = {}, more: object = {}) =>
  person.call<Configured>('POST', `/catalogue/${id}/configure`, { config, ...more });
const toolsOf = async (person: Person, id: string) =>
  (await person.call<{ tools: Tool[] }>('GET', `/servers/${id}/tools`)).body.tools;
const approved = (person: Person, id: string) =>
  eventually(
    () => toolsOf(person, id),
    (tools) => tools.length > 0 && tools.every(({ state }) => state === 'approved'),
  );
const callRead = (person: Person, id: string) =>
  person.call('POST', `/servers/${id}/tools/read/call`, { arguments: { label: 'x' } });

describe('a service that says OAuth', () => {
  test('is set up, signed in to and used; who set it up and signed in has approved what it offers', async () => {
    const ada = await app.signIn();
    const id = await addEntry({ oauth: { scopes: ['tools:read'] } });
    const { status, body } = await configure(ada, id);
    expect(status).toBe(201);
    expect(body.server).toMatchObject({ auth_method: 'oauth', oauth: { account: 'shared', scopes: ['tools:read'] } });
    expect(body.report.ok).toBe(false);
    expect(body.report.checks).toMatchObject([
      { name: 'auth', status: 'failed', fix: expect.stringContaining(`/servers/${body.server.id}`) as string },
    ]);
    expect(await signInTo(app, ada, body.server.id)).toBe(`/servers/${body.server.id}?account=connected`);
    await untilOnline(ada, body.server.id);
    await approved(ada, body.server.id);
    expect((await callRead(ada, body.server.id)).text).toContain('2 rows.');
  });

  test('approves nothing more at a later sign-in', async () => {
    const ada = await app.signIn();
    const { server } = (await configure(ada, await addEntry({ oauth: { account: 'per_user' } }))).body;
    expect(server.oauth).toMatchObject({ account: 'per_user' });
    await signInTo(app, ada, server.id);
    const [tool] = await approved(ada, server.id);
    await ada.call('POST', `/servers/${server.id}/tools/${tool?.name}/revoke`, {});
    const before = await toolsOf(ada, server.id);
    await signInTo(app, ada, server.id);
    await ada.call('POST', `/servers/${server.id}/check`, {});
    expect(await toolsOf(ada, server.id)).toEqual(before);
  });

  test('takes a client that was registered by hand; its secret is never told, and counts for it alone', async () => {
    const ada = await app.signIn();
    const id = await addEntry({}, { headers: [{ name: 'X-Team', default: 'blue' }] });
    const made = await configure(ada, id, { account: 'shared', clientId: 'by-hand', clientSecret: 'canary-secret' });
    expect(made.body.server).toMatchObject({ oauth: { client_id: 'by-hand' }, request_headers: { 'X-Team': 'blue' } });
    const told = await ada.call('GET', `/servers/${made.body.server.id}`);
    expect(made.text + told.text).not.toContain('canary-secret');
    const again = { server_id: made.body.server.id };
    const other = await configure(ada, id, { clientId: 'another', xTeam: 'red' }, again);
    expect(other.body.server).toMatchObject({ oauth: { client_id: 'another' }, request_headers: { 'X-Team': 'red' } });
    const half = await configure(ada, id, { clientSecret: 'alone' }, again);
    expect([half.status, half.body.errors]).toEqual([400, [expect.objectContaining({ path: '/config/clientId' })]]);
    const strange = await configure(ada, id, { scopes: 'a "b' });
    expect([strange.status, strange.body.errors]).toEqual([400, [expect.objectContaining({ path: '/config/scopes' })]]);
  });

  test('says at other doors that it was kept, and where to sign in', async () => {
    const ada = await app.signIn();
    const id = await addEntry();
    const answer = await app.api<{ error: { code: string; message: string } }>(
      'POST',
      `/v1/mcp/services/${id}/configure`,
      { token: ada.token, body: { config: {} } },
    );
    expect([answer.status, answer.body.error.code]).toEqual([400, 'MCP_SERVICE_UNCONFIGURED']);
    expect(answer.body.error.message).toContain('Nobody is signed in');
    const { servers } = (await ada.call<{ servers: { id: string }[] }>('GET', '/servers')).body;
    expect(answer.text).toContain(`/servers/${servers[0]?.id}`);
    expect((await accountOf(ada, servers[0]?.id ?? '')).status).toBe('not_connected');
  });

  test('may not want a secret beside', async () => {
    const headers = [{ name: 'X-Tenant-Key', isSecret: true, isRequired: true }];
    const server_json = {
      name: 'com.example/oauth-and-key',
      description: 'Both.',
      version: '1.0.0',
      remotes: [{ type: 'streamable-http', url: upstream.url, headers }],
      _meta: { 'io.switchyard/catalogue': { auth: 'oauth' } },
    };
    const made = await admin.call<{ available: boolean }>('POST', '/catalogue', { server_json });
    expect(made.body.available).toBe(false);
  });
});
