import { eventually, type Person, type TestApp } from '../../support/app.js';
import { ModernProgram } from '../../support/gateway/modern-program.js';
import { openAll } from '../../support/gateway/open-all.js';
import { startTwoAtOneAddress, type TwoAtOneAddress } from '../../support/two-at-one-address.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../../support/upstreams/scripted-upstream.js';
import { postForm, RawClient, type TokenAnswer } from './support.js';

const WITHIN_MS = 1_000;

let two: TwoAtOneAddress;
let upstream: ScriptedUpstream;
let person: Person;
let client: RawClient;
let serverId: string;

beforeAll(async () => {
  [two, upstream] = await Promise.all([startTwoAtOneAddress(), startScriptedUpstream()]);
  person = await two.one.signIn();
  client = await RawClient.register(two.one);
  serverId = (await two.one.addServer(person, upstream.url, { approval_policy: 'auto_approve' })).id;
}, 60_000);
afterAll(async () => {
  await two.stop();
  await upstream.close();
});

const resource = (path = '/mcp') => two.one.url + path;
const placeAt = (app: TestApp, token: string, path = '/mcp') => ({
  url: two.originOf(app) + path,
  headers: { authorization: `Bearer ${token}` },
});
const statusAt = async (app: TestApp, token: string, path = '/mcp') =>
  (await new ModernProgram(placeAt(app, token, path)).ask('tools/list')).status;
const revoke = (token: string, by = client) =>
  postForm<{ error?: string }>(two.one, '/oauth/revoke', { client_id: by.id, token });

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
    const both = [two.one, two.other];
    const tokens = await client.connect(person, { resource: resource() });
    for (const app of both) expect(await statusAt(app, tokens.access_token)).toBe(200);
    const opening = both.map((app) => openAll(placeAt(app, tokens.access_token), upstream.memory));
    const open = await Promise.all(opening);
    await end(tokens);
    const startedAt = performance.now();
    for (const app of both) {
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
  const thief = await RawClient.register(two.one);
  expect((await revoke(token, thief)).status).toBe(200);
  expect(await statusAt(two.one, token)).toBe(200);
  const forged = `${token.slice(0, -8)}AAAAAAAA`;
  expect((await revoke(forged)).status).toBe(200);
  expect(await statusAt(two.one, token)).toBe(200);
  expect((await revoke('a.b.c')).status).toBe(200);
});

test('a token is taken at the very place that it was made for, and at no other', async () => {
  const places = ['/mcp', `/mcp/s/${serverId}`];
  for (const made of places) {
    const { access_token: token } = await client.connect(person, { resource: resource(made) });
    for (const shown of places) {
      for (const app of [two.one, two.other]) {
        expect([made, shown, await statusAt(app, token, shown)]).toEqual([made, shown, made === shown ? 200 : 401]);
      }
    }
  }
});
