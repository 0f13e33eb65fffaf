import { type Account, type RegistryApp, startRegistryApp } from './registry-app.js';

interface Answer {
  id: string;
  status: string;
  credentials_set: boolean;
  oauth: object | null;
  code: string;
  errors: { path: string; message: string }[];
}

let app: RegistryApp;
let ada: Account;

beforeAll(async () => {
  app = await startRegistryApp();
  ada = await app.signUp();
});

afterAll(() => app.close());

let count = 0;
const create = (more: object) =>
  ada.call<Answer>('POST', '/servers', {
    name: `Server ${(count += 1)}`,
    url: 'http://127.0.0.1:1/mcp',
    auth_method: 'oauth',
    ...more,
  });
const MACHINE = { grant: 'client_credentials', client_id: 'machine' };

test.each([
  ['none', {}, { account: 'shared', grant: 'authorization_code', client_id: null, scopes: null }, false],
  ['some', { oauth: { account: 'per_user', scopes: ['a'] } }, { account: 'per_user', scopes: ['a'] }, false],
  ['a client', { oauth: { client_id: 'c', client_secret: 's3cret-of-it' } }, { client_id: 'c' }, true],
])('a server with %s of the settings of a sign-in is made, and nobody asked', async (_, more, oauth, secret) => {
  const made = await create(more);
  expect(made).toMatchObject({ status: 201, body: { status: 'offline', oauth, credentials_set: secret } });
  expect(made.text).not.toContain('s3cret');
});

test.each([
  ['of a server without one', { auth_method: 'none', oauth: {} }, '/oauth'],
  ['beside a token', { oauth: {}, credentials: { access_token: 'a-token' } }, '/oauth'],
  ['of a machine without a client', { oauth: { grant: 'client_credentials' } }, '/oauth/client_id'],
  ['of a machine without a secret', { oauth: MACHINE }, '/oauth/client_secret'],
  ['of a machine for each user', { oauth: { ...MACHINE, client_secret: 's', account: 'per_user' } }, '/oauth/account'],
  ['with a secret and a key', { oauth: { ...MACHINE, client_secret: 's', private_key: 'k' } }, '/oauth/private_key'],
  ['with a public key', { oauth: { ...MACHINE, private_key: '{"kty":"EC"}' } }, '/oauth/private_key'],
  ['with a private key that is none', { oauth: { ...MACHINE, private_key: 'k' } }, '/oauth/private_key'],
  ['with a secret of nobody', { oauth: { client_secret: 's' } }, '/oauth/client_id'],
  ['with a scope of two words', { oauth: { scopes: ['a b'] } }, '/oauth/scopes/0'],
])('a sign-in %s is refused', async (_, more, path) => {
  const refused = await create(more);
  expect(refused.status).toBe(400);
  expect(refused.body.errors).toContainEqual(expect.objectContaining({ path }));
});

test('the secret of a client stays for the same client and origin, and never else', async () => {
  const { id } = (await create({ oauth: { client_id: 'c', client_secret: 's3cret' } })).body;
  const change = (body: object) => ada.call<Answer>('PUT', `/servers/${id}`, body);
  expect((await change({ oauth: { scopes: ['x'] } })).body).toMatchObject({ credentials_set: true });
  expect(await change({ url: 'http://127.0.0.2:1/mcp' })).toMatchObject({
    status: 400,
    body: { code: 'CREDENTIALS_REQUIRED' },
  });
  const other = await change({ oauth: { client_id: 'another' } });
  expect(other.body).toMatchObject({ credentials_set: false, oauth: { client_id: 'another', scopes: ['x'] } });
});
