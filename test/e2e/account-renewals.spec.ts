import { Database } from '../../src/platform/database/database.js';
import { eventually, type Person, startTestApp, type TestApp } from '../support/app.js';
import { type ProtectedUpstream, startProtectedUpstream } from '../support/oauth/protected-upstream.js';
import {
  type ScriptedAuthorizationServer,
  startAuthorizationServer,
} from '../support/oauth/scripted-authorization-server.js';
import { accountOf, addOAuthServer, signInTo, untilOnline } from './support/accounts.js';
import { dump } from './support/leaks.js';

let one: TestApp;
let other: TestApp;
let ada: Person;
let authorization: ScriptedAuthorizationServer;
let upstream: ProtectedUpstream;
let id: string;
let count = 0;

beforeAll(async () => {
  one = await startTestApp();
  other = await startTestApp({ DATABASE_URL: one.databaseUrl, DATA_DIR: one.dataDirectory });
  ada = await one.signIn();
}, 60_000);
beforeEach(async () => {
  authorization = await startAuthorizationServer();
  upstream = await startProtectedUpstream(authorization);
  id = await addOAuthServer(ada, upstream.url, {}, `Protected ${(count += 1)}`);
  await signInTo(one, ada, id);
  await untilOnline(ada, id);
});
afterEach(() => Promise.all([upstream.close(), authorization.close()]));
afterAll(async () => {
  await other.stop();
  await one.stop();
});

const callAt = (app: TestApp) =>
  app.api<{ code?: string }>('POST', `/api/v1/servers/${id}/tools/read/call`, {
    token: ada.token,
    body: { arguments: { label: '' } },
  });
const manyAtBoth = (times: number) =>
  Promise.all(Array.from({ length: times }, (_, turn) => callAt(turn % 2 === 0 ? one : other)));
const renewals = () =>
  authorization.seenAt('/token').filter(({ parameters }) => parameters.get('grant_type') === 'refresh_token');
/** Their token is over, and the one that was just given is not so young that another would not help. */
const expire = () => {
  authorization.expireAll();
  for (const { clock } of [one, other]) clock.forward(40);
};

test('a sign-in that a process did not hear of counts there at once', async () => {
  const set = (status: string) =>
    one.get(Database).sql('update upstream_accounts set status = $2 where server_id = $1', [id, status]);
  await set('needs_sign_in');
  await eventually(
    () => callAt(other),
    ({ body }) => body.code === 'UPSTREAM_SIGN_IN_NEEDED',
  );
  await set('connected');
  expect((await callAt(other)).status).toBe(200);
});

test('calls in two processes renew a token once, with a refresh token that counts once', async () => {
  expire();
  const calls = await manyAtBoth(20);
  expect(calls.map(({ status }) => status)).toEqual(calls.map(() => 200));
  expect(renewals()).toHaveLength(1);
  expire();
  expect((await manyAtBoth(6)).every(({ status }) => status === 200)).toBe(true);
  expect(renewals()).toHaveLength(2);
});

test('who comes second waits for an authorization server that takes its time', async () => {
  expire();
  let answer = () => undefined as void;
  authorization.script.hold = new Promise((resolve) => (answer = () => resolve()));
  const first = callAt(one);
  const second = callAt(other);
  setTimeout(answer, 400);
  expect([(await first).status, (await second).status]).toEqual([200, 200]);
  expect(renewals()).toHaveLength(1);
});

test('the claim of a process that died is taken over once its time is out', async () => {
  expire();
  const { sql } = { sql: (text: string) => one.get(Database).sql(text, [id]) };
  await sql(`update upstream_accounts set claim = 'dead', claimed_until = clock_timestamp() + interval '1 second'
    where server_id = $1`);
  expect((await callAt(one)).status).toBe(200);
  expect(renewals()).toHaveLength(1);
});

test('an authorization server that is away takes nothing from anybody', async () => {
  expire();
  authorization.script.tokenError = 'server_error';
  const failed = await callAt(one);
  expect([failed.status, failed.body.code]).toEqual([502, 'OAUTH_TOKEN_REFUSED']);
  authorization.script.tokenError = undefined;
  expect((await callAt(other)).status).toBe(200);
  expect((await accountOf(ada, id)).status).toBe('connected');
});

test('a refresh token that counts no more is told to all, and never tried again', async () => {
  authorization.revokeAll();
  expire();
  const calls = await manyAtBoth(8);
  expect(calls.map(({ body }) => body.code)).toEqual(calls.map(() => 'UPSTREAM_SIGN_IN_NEEDED'));
  expect(renewals()).toHaveLength(1);
  const { body } = await ada.call<{ entries: { action: string }[] }>('GET', '/activity?action=server.account_lost');
  expect(JSON.stringify(body)).toContain('server.account_lost');
});

test('nothing that an authorization server gave is readable anywhere', async () => {
  expire();
  expect((await callAt(one)).status).toBe(200);
  const everything = [
    await dump(one.databaseUrl),
    (await ada.call('GET', `/servers/${id}`)).text,
    (await ada.call('GET', `/servers/${id}/oauth`)).text,
    (await ada.call('GET', '/servers/export')).text,
    (await ada.call('GET', '/requests')).text,
    (await ada.call('GET', '/activity')).text,
  ].join('\n');
  const found = authorization.secrets().filter((secret) => everything.includes(secret));
  expect(authorization.secrets().length).toBeGreaterThan(3);
  expect(found).toEqual([]);
});
