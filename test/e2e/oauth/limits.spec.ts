import { Database } from '../../../src/platform/database/database.js';
import { type Answer, startTestApp, type TestApp } from '../../support/app.js';
import { newPkce, postForm, RawClient } from './support.js';

const SETTINGS = {
  TRUST_PROXY: 'true',
  RATE_LIMIT_AUTH_RPM: '5',
  RATE_LIMIT_RPM: '6',
  RATE_LIMIT_USER_RPM: '0',
  RATE_LIMIT_KEY_RPM: '4',
};
/** Of all clients at one address together, for one that RATE_LIMIT_RPM lets one client have. */
const CLIENTS_AT_ONE_ADDRESS = 5;

interface Fault {
  error: string;
}

let app: TestApp;
let addresses = 0;
const anAddress = () => ({ 'x-forwarded-for': `198.51.100.${(addresses += 1)}` });
/** One after another, as many as it takes. */
async function inTurn<Body>(times: number, ask: (turn: number) => Promise<Answer<Body>>): Promise<Answer<Body>[]> {
  const answers: Answer<Body>[] = [];
  for (let turn = 0; turn < times; turn += 1) answers.push(await ask(turn));
  return answers;
}
const refusals = (answers: Answer<unknown>[]) => answers.map(({ status }) => status === 429);
const afterOnly = (count: number, more: number) => [
  ...Array<boolean>(count).fill(false),
  ...Array<boolean>(more).fill(true),
];
const METADATA = {
  client_name: 'A client',
  redirect_uris: ['http://127.0.0.1:3999/callback'],
  grant_types: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_method: 'none',
};
const registerFrom = (headers: Record<string, string>) =>
  app.api<Fault & { client_id: string }>('POST', '/oauth/register', { body: METADATA, headers });
const refreshOf = (client_id: string, headers: Record<string, string>) =>
  postForm<Fault>(app, '/oauth/token', { client_id, grant_type: 'refresh_token', refresh_token: 'x' }, headers);
const aClient = async () => (await registerFrom(anAddress())).body.client_id;

beforeAll(async () => {
  app = await startTestApp(SETTINGS);
});
afterAll(() => app.stop());

describe('a flood of registrations from one address', () => {
  test('is refused, and told when to come again; nobody else is, nor is sign-in there', async () => {
    const flooder = anAddress();
    const answers = await inTurn(7, () => registerFrom(flooder));
    expect(refusals(answers)).toEqual(afterOnly(5, 2));
    expect(answers.at(-1)?.body.error).toBe('temporarily_unavailable');
    expect(Number(answers.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await registerFrom(anAddress())).status).toBe(201);
    const body = { email: 'neighbour@example.com' };
    const signIn = await app.api('POST', '/api/v1/auth/otp/request', { body, headers: flooder });
    expect(signIn.status).toBeLessThan(300);
  });
});

describe('clients that nobody lets in', () => {
  const fill = async (count: number, from: string | null) =>
    app.get(Database).sql(
      `insert into oauth_clients (id, metadata, registered_at, registered_from)
       select 'client_fill_' || coalesce($2, 'x') || n, '{}', now() - interval '1 hour' - n * interval '1 second', coalesce($2, n::text)
       from generate_series(1, $1::int) as n`,
      [count, from],
    );
  const count = async (condition = 'true') =>
    (await app.get(Database).sql<{ n: number }>(`select count(*)::int as n from oauth_clients where ${condition}`))[0]
      ?.n;
  const exists = async (id: string) => (await count(`id = '${id}'`)) === 1;

  test('are only so many of one address: the oldest goes, and none that is used', async () => {
    const [from, neighbour] = [anAddress(), await aClient()];
    const address = from['x-forwarded-for'];
    await fill(1_000, address);
    await app
      .get(Database)
      .sql(`update oauth_clients set used_at = now() where id = $1`, [`client_fill_${address}1000`]);
    await inTurn(2, () => registerFrom(from));
    expect(await count(`registered_from = '${address}' and used_at is null`)).toBe(1_000);
    expect(await exists(`client_fill_${address}999`)).toBe(false);
    expect([await exists(`client_fill_${address}1000`), await exists(neighbour)]).toEqual([true, true]);
  });

  test('are only so many of all addresses together', async () => {
    await fill(12_000, null);
    const fresh = await aClient();
    expect(await count('used_at is null')).toBe(10_000);
    expect(await exists(fresh)).toBe(true);
  });
});

describe('a client that asks without end', () => {
  test('is refused at an address, while others go on there', async () => {
    const [flooding, quiet] = [await aClient(), await aClient()];
    const address = anAddress();
    const answers = await inTurn(40, () => refreshOf(flooding, address));
    expect(refusals(answers)).toEqual(afterOnly(6, 34));
    expect(answers.at(-1)?.body.error).toBe('temporarily_unavailable');
    expect(Number(answers.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await refreshOf(quiet, address)).body.error).toBe('invalid_grant');
    const asConfidential = { ...address, authorization: `Basic ${Buffer.from(`${flooding}:x`).toString('base64')}` };
    const form = { grant_type: 'refresh_token', refresh_token: 'x' };
    expect((await postForm(app, '/oauth/token', form, asConfidential)).status).toBe(429);
    expect((await app.api('GET', '/api/v1/instance', { headers: address })).status).toBe(200);
    expect((await refreshOf(flooding, anAddress())).body.error).toBe('invalid_grant');
  });

  test.each(['/oauth/token', '/oauth/revoke', '/oauth/authorize'])('is counted at %s', async (path) => {
    const client = new RawClient(app, await aClient());
    const headers = anAddress();
    const url = client.authorizeUrl(newPkce()).slice(app.url.length);
    const ask = () =>
      path === '/oauth/authorize'
        ? app.api('GET', url, { headers })
        : postForm(app, path, { client_id: client.id, token: 'x', grant_type: 'refresh_token' }, headers);
    expect(refusals(await inTurn(7, ask))).toEqual(afterOnly(6, 1));
  });

  test('by another name each time is refused after some, for all of that address', async () => {
    const address = anAddress();
    const most = CLIENTS_AT_ONE_ADDRESS * Number(SETTINGS.RATE_LIMIT_RPM);
    const answers = await inTurn(most + 2, (turn) => refreshOf(`made up ${turn}`, address));
    expect(refusals(answers)).toEqual(afterOnly(most, 2));
    expect((await refreshOf(await aClient(), anAddress())).body.error).toBe('invalid_grant');
  });
});

describe('at the gateway', () => {
  let open: TestApp;
  beforeAll(async () => {
    open = await startTestApp({ RATE_LIMIT_KEY_RPM: '4', RATE_LIMIT_USER_RPM: '9' });
  });
  afterAll(() => open.stop());

  test('a client that asks without end is refused; other clients of the same person, and they, go on', async () => {
    const person = await open.signIn();
    const connected = async () => (await (await RawClient.register(open)).connect(person)).access_token;
    const [flooding, quiet] = [await connected(), await connected()];
    const list = (token: string) =>
      open.api('POST', '/mcp', { token, body: { jsonrpc: '2.0', id: 1, method: 'ping' } });
    const answers = await inTurn(6, () => list(flooding));
    expect(refusals(answers)).toEqual(afterOnly(4, 2));
    expect(Number(answers.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await list(quiet)).status).not.toBe(429);
    const profile = await person.call('GET', '/user/profile');
    expect(profile.headers.get('ratelimit')).toMatch(/"user";r=\d/);
    expect(profile.status).toBe(200);
  });
});
