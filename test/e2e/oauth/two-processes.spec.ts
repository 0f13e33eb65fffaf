import { eventually, type Person } from '../../support/app.js';
import { startTwoAtOneAddress, type TwoAtOneAddress } from '../../support/two-at-one-address.js';
import { authenticate, newPkce, RawClient, type TokenAnswer } from './support.js';

let two: TwoAtOneAddress;
let person: Person;
beforeAll(async () => {
  two = await startTwoAtOneAddress();
  person = await two.one.signIn();
}, 60_000);
afterAll(() => two.stop());

const askOther = async <Body>(path: string, fields?: Record<string, string>): Promise<Body> => {
  const init = fields ? { method: 'POST', body: new URLSearchParams(fields) } : {};
  return (await (await fetch(two.originOf(two.other) + path, init)).json()) as Body;
};

test('what begins at one process goes on at another, and ends at both within a second', async () => {
  const { one, other } = two;
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
  const { body } = await two.one.api('GET', '/oauth/jwks');
  expect(await askOther('/oauth/jwks')).toEqual(body);
});
