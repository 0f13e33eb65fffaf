import { readConfig } from '../../src/platform/config/config.js';
import { type Person, startTestApp, type TestApp } from '../support/app.js';
import { HELLO, knockAt } from '../support/gateway/knock.js';
import { ModernProgram } from '../support/gateway/modern-program.js';
import { Organizations } from '../support/organizations.js';
import { type AskingUpstream, startAskingUpstream } from '../support/upstreams/asking-upstream.js';

const SETTINGS = { MCP_OPEN_ON_LOOPBACK: 'true', MCP_ALLOWED_HOSTS: 'gate.example' };

let app: TestApp;
let upstream: AskingUpstream;
let owner: Person;
beforeAll(async () => {
  [app, upstream] = await Promise.all([startTestApp(SETTINGS), startAskingUpstream()]);
}, 60_000);
afterAll(async () => {
  await app.stop();
  await upstream.close();
});

const knock = (headers: Record<string, string>) => knockAt(app.url, { headers, body: HELLO });

test('before anybody is there, nobody is let in', async () => {
  expect((await knock({})).status).toBe(401);
});

describe('an instance that is open to programs of its machine', () => {
  beforeAll(async () => {
    owner = await app.signIn();
    await app.addServer(owner, upstream.url, { approval_policy: 'auto_approve' });
  });

  test('lets them in without a credential', async () => {
    expect((await knock({})).status).toBe(200);
    expect((await knock({ host: 'localhost:8080' })).status).toBe(200);
  });

  test.each([
    ['through a proxy', { 'x-forwarded-for': '127.0.0.1' }],
    ['through a proxy of the other kind', { forwarded: 'for=127.0.0.1' }],
    ['through a proxy that names itself', { via: '1.1 proxy' }],
    ['under an address that is not this machine', { host: '192.0.2.1' }],
    ['under a name of ours that is not this machine', { host: 'gate.example' }],
    ['with a credential that does not count', { authorization: 'Bearer nonsense' }],
    ['with an empty one', { authorization: '' }],
  ])('lets nobody in %s', async (_name, headers) => {
    expect((await knock(headers as Record<string, string>)).status).toBe(401);
  });

  test.each([
    ['under a foreign name', { host: 'evil.example' }],
    ['from a foreign page', { origin: 'https://evil.example' }],
  ])('lets nobody in %s', async (_name, headers) => {
    expect((await knock(headers as Record<string, string>)).status).toBe(403);
  });

  test('acts for who owns the oldest organization now, however late they joined it', async () => {
    const tools = () => new ModernProgram({ url: `${app.url}/mcp`, headers: {} }).tools();
    const own = await tools();
    expect(own).toEqual([expect.stringMatching(/__ask$/)]);
    await app.signIn();
    const heir = await new Organizations(app).join(owner, 'admin');
    expect((await owner.call('POST', '/organization/transfer', { user_id: heir.user.id })).status).toBe(200);
    expect(await tools()).toEqual(own);
  });

  test('is open nowhere else', async () => {
    expect((await app.api('GET', '/api/v1/servers')).status).toBe(401);
  });
});

test('is refused in production', () => {
  const settings = { NODE_ENV: 'production', MCP_OPEN_ON_LOOPBACK: 'true' };
  expect(() => readConfig(settings)).toThrow(/MCP_OPEN_ON_LOOPBACK/);
});
