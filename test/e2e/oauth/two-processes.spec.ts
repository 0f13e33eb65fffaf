import { type AddressInfo, createServer } from 'node:net';
import { eventually, type Person, startTestApp, type TestApp } from '../../support/app.js';
import { authenticate, newPkce, RawClient, type TokenAnswer } from './support.js';

let one: TestApp;
let other: TestApp;
let otherUrl: string;
let person: Person;

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
  other = await startTestApp({ PUBLIC_URL, PORT: String(second), DATABASE_URL: one.databaseUrl });
  otherUrl = `http://127.0.0.1:${second}`;
  person = await one.signIn();
});
afterAll(async () => {
  await other.stop();
  await one.stop();
});

const askOther = async <Body>(path: string, fields?: Record<string, string>): Promise<Body> => {
  const init = fields ? { method: 'POST', body: new URLSearchParams(fields) } : {};
  return (await (await fetch(otherUrl + path, init)).json()) as Body;
};

test('what begins at one process goes on at another, and ends at both within a second', async () => {
  const client = await RawClient.register(one);
  const resource = `${one.url}/mcp`;
  const pkce = newPkce();
  const end = await client.askFor(person, pkce, { resource });
  const { access_token: token, refresh_token: refresh } = await askOther<TokenAnswer>('/oauth/token', {
    grant_type: 'authorization_code',
    client_id: client.id,
    redirect_uri: client.redirectUri,
    code: end.searchParams.get('code') ?? '',
    code_verifier: pkce.verifier,
  });
  for (const app of [one, other]) expect((await authenticate(app, token, resource)).userId).toBe(person.user.id);

  const { body: found } = await person.call<{ clients: { id: string }[] }>('GET', '/connected-clients');
  await person.call('DELETE', `/connected-clients/${found.clients[0]?.id}`);
  const isOut = () =>
    authenticate(other, token, resource).then(
      () => false,
      () => true,
    );
  await eventually(isOut, (is) => is, 1_000);
  const again = { grant_type: 'refresh_token', client_id: client.id, refresh_token: refresh };
  expect(await askOther('/oauth/token', again)).toMatchObject({ error: 'invalid_grant' });
});

test('both publish the same keys', async () => {
  const { body } = await one.api('GET', '/oauth/jwks');
  expect(await askOther('/oauth/jwks')).toEqual(body);
});
