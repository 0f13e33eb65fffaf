import { type AddressInfo, createServer } from 'node:net';
import { eventually, type Person, startTestApp, type TestApp } from '../../support/app.js';
import { LegacyProgram } from '../../support/gateway/legacy-program.js';
import { ModernProgram } from '../../support/gateway/modern-program.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../../support/upstreams/scripted-upstream.js';
import { postForm, RawClient, type TokenAnswer } from './support.js';

const WITHIN_MS = 1_000;

let one: TestApp;
let other: TestApp;
let upstream: ScriptedUpstream;
let person: Person;
let client: RawClient;
let serverId: string;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Two processes behind one address, which is the first one's. */
beforeAll(async () => {
  const [first, second] = [await freePort(), await freePort()];
  const PUBLIC_URL = `http://127.0.0.1:${first}`;
  one = await startTestApp({ PUBLIC_URL, PORT: String(first) });
  other = await startTestApp({ PUBLIC_URL, PORT: String(second), DATABASE_URL: one.databaseUrl, ROLE: 'api' });
  upstream = await startScriptedUpstream();
  person = await one.signIn();
  client = await RawClient.register(one);
  serverId = (await one.addServer(person, upstream.url, { approval_policy: 'auto_approve' })).id;
}, 60_000);
afterAll(async () => {
  await other.stop();
  await one.stop();
  await upstream.close();
});

const resource = (path = '/mcp') => one.url + path;
const headersOf = (token: string) => ({ authorization: `Bearer ${token}` });
const urlAt = (app: TestApp, path = '/mcp') => `${app === one ? one.url : other.url}${path}`;
const statusAt = async (app: TestApp, token: string, path = '/mcp') =>
  (await new ModernProgram({ url: urlAt(app, path), headers: headersOf(token) }).ask('tools/list')).status;
const revoke = (token: string, by = client) =>
  postForm<{ error?: string }>(one, '/oauth/revoke', { client_id: by.id, token });

/** What a client may have open at a process: a stream of each era, and a call. */
async function openAll({ access_token: token }: TokenAnswer, at: TestApp) {
  const place = { url: urlAt(at), headers: headersOf(token) };
  const session = await LegacyProgram.begin(place);
  const modern = new ModernProgram(place);
  const [stream, listening] = [await session.listen(), await modern.listen({ toolsListChanged: true })];
  expect([stream.status, listening.status]).toEqual([200, 200]);
  const label = `open ${Math.random()}`;
  const [tool = ''] = (await modern.tools()).filter((name) => name.endsWith('__hold'));
  const calling = modern.call(tool, { label }).catch(() => undefined);
  const call = await upstream.memory.called('hold', label);
  return { ended: Promise.all([stream.ended, listening.ended, calling]), call };
}

const ENDS: Record<string, (tokens: TokenAnswer) => Promise<unknown>> = {
  'an access token that its client revokes': async ({ access_token: token }) =>
    expect((await revoke(token)).status).toBe(200),
  'a refresh token that its client revokes': async ({ refresh_token: token }) =>
    expect((await revoke(token)).status).toBe(200),
  'a client that its person disconnects': async () => {
    const { body } = await person.call<{ clients: { id: string }[] }>('GET', '/connected-clients');
    for (const { id } of body.clients) await person.call('DELETE', `/connected-clients/${id}`);
  },
};

describe.each(Object.entries(ENDS))('%s', (_what, end) => {
  test('is out at every process within a second, with what it had open', async () => {
    const tokens = await client.connect(person, { resource: resource() });
    for (const app of [one, other]) expect(await statusAt(app, tokens.access_token)).toBe(200);
    const open = [await openAll(tokens, one), await openAll(tokens, other)];
    await end(tokens);
    const startedAt = performance.now();
    for (const app of [one, other]) {
      await eventually(
        () => statusAt(app, tokens.access_token),
        (status) => status === 401,
        WITHIN_MS,
      );
    }
    await Promise.all(open.map(({ ended }) => ended));
    expect(performance.now() - startedAt).toBeLessThan(WITHIN_MS);
    await eventually(
      () => open.map(({ call }) => call.signal.aborted),
      (ended) => ended.every(Boolean),
    );
    const again = await client.refresh(tokens.refresh_token);
    expect(again.body.error).toBe('invalid_grant');
  });
});

test('a token is revoked by the client that has it, and by no other', async () => {
  const { access_token: token } = await client.connect(person, { resource: resource() });
  const thief = await RawClient.register(one);
  expect((await revoke(token, thief)).status).toBe(200);
  expect(await statusAt(one, token)).toBe(200);
  const forged = `${token.slice(0, -8)}AAAAAAAA`;
  expect((await revoke(forged)).status).toBe(200);
  expect(await statusAt(one, token)).toBe(200);
  expect((await revoke('a.b.c')).status).toBe(200);
});

test('a token is taken at the very place that it was made for, and at no other', async () => {
  const places = ['/mcp', `/mcp/s/${serverId}`];
  for (const made of places) {
    const { access_token: token } = await client.connect(person, { resource: resource(made) });
    for (const shown of places) {
      for (const app of [one, other]) {
        expect([made, shown, await statusAt(app, token, shown)]).toEqual([made, shown, made === shown ? 200 : 401]);
      }
    }
  }
});
