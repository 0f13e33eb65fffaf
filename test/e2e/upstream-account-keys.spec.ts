import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { KeyCare } from '../../src/platform/crypto/key-care.js';
import { KeyRotation } from '../../src/platform/crypto/key-rotation.js';
import { Database } from '../../src/platform/database/database.js';
import { type Person, startTestApp, type TestApp } from '../support/app.js';
import {
  type KeyedAuthorizationServer,
  startKeyedAuthorizationServer,
} from '../support/oauth/keyed-authorization-server.js';
import { type ProtectedUpstream, startProtectedUpstream } from '../support/oauth/protected-upstream.js';
import { accountOf, addOAuthServer, beginSignIn, signInTo, untilOnline } from './support/accounts.js';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const edwards = generateKeyPairSync('ed25519').privateKey;
const stranger = generateKeyPairSync('ed25519').privateKey;

const pem = (key: KeyObject, type: 'pkcs8' | 'pkcs1' | 'sec1' = 'pkcs8') =>
  key.export({ format: 'pem', type }).toString();
const jwk = (key: KeyObject, more: object = {}) => JSON.stringify({ ...key.export({ format: 'jwk' }), ...more });
const publicJwk = (key: KeyObject) => createPublicKey(key).export({ format: 'jwk' });
/** What of a key may be seen nowhere. */
const secretOf = (key: KeyObject) => String(key.export({ format: 'jwk' }).d);

const MACHINE = { grant: 'client_credentials', client_id: 'by-edwards' };
const PEOPLE = { client_id: 'people' };

let app: TestApp;
let ada: Person;
let authorization: KeyedAuthorizationServer;
let upstream: ProtectedUpstream;
let count = 0;

beforeAll(async () => {
  app = await startTestApp();
  ada = await app.signIn();
  const machine = { grants: ['client_credentials'] };
  authorization = await startKeyedAuthorizationServer([
    { ...machine, clientId: 'by-rsa', key: publicJwk(rsa) },
    { ...machine, clientId: 'by-curve', key: { ...publicJwk(curve), kid: 'the-curve' } },
    { ...machine, clientId: 'by-edwards', key: publicJwk(edwards) },
    {
      clientId: 'people',
      key: publicJwk(curve),
      grants: ['authorization_code', 'refresh_token'],
      redirectUri: await redirectUri(),
    },
  ]);
  upstream = await startProtectedUpstream(authorization);
}, 60_000);
afterAll(async () => {
  await app.stop();
  await Promise.all([upstream.close(), authorization.close()]);
});

async function redirectUri(): Promise<string> {
  const { body } = await app.api<{ redirect_uris: [string] }>('GET', '/api/v1/oauth/client.json');
  return body.redirect_uris[0];
}
const add = (oauth: object) => addOAuthServer(ada, upstream.url, oauth, `Keyed ${(count += 1)}`);
const callRead = (id: string) => ada.call('POST', `/servers/${id}/tools/read/call`, { arguments: { label: 'x' } });

describe('a server whose authorization server takes no secrets', () => {
  test.each([
    ['an RSA key in PEM form', 'by-rsa', () => pem(rsa), { alg: 'RS256' }],
    ['an RSA key in its older PEM form', 'by-rsa', () => pem(rsa, 'pkcs1'), { alg: 'RS256' }],
    ['an RSA key as a JWK', 'by-rsa', () => jwk(rsa), { alg: 'RS256' }],
    ['a P-256 key in its older PEM form', 'by-curve', () => pem(curve, 'sec1'), { alg: 'ES256' }],
    ['a P-256 key as a JWK with a name', 'by-curve', () => jwk(curve, { kid: 'the-curve' }), { kid: 'the-curve' }],
    ['an Ed25519 key', 'by-edwards', () => pem(edwards), { alg: 'EdDSA' }],
    ['an Ed25519 key as a JWK', 'by-edwards', () => jwk(edwards, { alg: 'EdDSA' }), { alg: 'EdDSA' }],
  ])('is used by a machine with %s', async (_, client_id, private_key, header) => {
    const id = await add({ grant: 'client_credentials', client_id, private_key: private_key() });
    expect(await signInTo(app, ada, id)).toBe('connected');
    await untilOnline(ada, id);
    expect((await callRead(id)).text).toContain('2 rows.');
    expect(authorization.assertions.at(-1)).toMatchObject({
      header,
      claims: { iss: client_id, sub: client_id, aud: authorization.issuer },
    });
  });

  test('is signed in to by a person, renewed and signed out of, by the key of the client each time', async () => {
    const id = await add({ ...PEOPLE, private_key: pem(curve) });
    expect(await signInTo(app, ada, id)).toBe(`/servers/${id}?account=connected`);
    await untilOnline(ada, id);
    const before = authorization.assertions.length;
    authorization.expireAll();
    app.clock.forward(60);
    expect((await callRead(id)).text).toContain('2 rows.');
    expect(authorization.assertions.length).toBe(before + 1);
    expect((await ada.call('DELETE', `/servers/${id}/oauth`)).status).toBe(200);
    expect(authorization.revoked()).toBe(1);
    const ids = authorization.assertions.map(({ claims }) => claims.jti);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('refuses a key that is not the registered one, which is told without a word of it', async () => {
    const id = await add({ ...MACHINE, private_key: pem(stranger) });
    const { status, body } = await beginSignIn(app, ada, id);
    expect([status, body.code]).toEqual([502, 'OAUTH_CLIENT_REFUSED']);
    expect(JSON.stringify(body)).toContain('secret or key');
    expect(authorization.refused).toContain('by-edwards');
    await ada.call('PUT', `/servers/${id}`, { oauth: { private_key: pem(edwards) } });
    expect(await signInTo(app, ada, id)).toBe('connected');
    expect((await accountOf(ada, id)).status).toBe('connected');
  });

  test('is registered with by a key that is made for that alone', async () => {
    const id = await add({});
    expect(await signInTo(app, ada, id)).toBe(`/servers/${id}?account=connected`);
    await untilOnline(ada, id);
    const { header, claims } = authorization.assertions.at(-1) ?? {};
    expect(header).toMatchObject({ alg: 'ES256', kid: expect.any(String) as string });
    expect(claims?.iss).not.toBe('people');
    authorization.expireAll();
    app.clock.forward(60);
    expect((await callRead(id)).text).toContain('2 rows.');
  });
});

describe('the key of a client', () => {
  test('is told by no answer, and kept where nobody reads it', async () => {
    const id = await add({ ...MACHINE, private_key: pem(edwards) });
    await signInTo(app, ada, id);
    const told = await Promise.all([
      ada.call('GET', `/servers/${id}`),
      ada.call('GET', `/servers/${id}/oauth`),
      ada.call('PUT', `/servers/${id}`, { oauth: { scopes: ['tools:read'] } }),
      ada.call('GET', '/activity'),
      app.api('GET', '/api/export/servers', { token: ada.token }),
    ]);
    expect(told.map(({ status }) => status)).toEqual(told.map(() => 200));
    const rows = await app.get(Database).sql<{ text: string }>(
      `select concat(servers) as text from servers union all select concat(upstream_accounts) from upstream_accounts
         union all select concat(upstream_clients) from upstream_clients`,
    );
    const all = [...told, ...rows].map(({ text }) => text).join('\n');
    const lines = pem(edwards).split('\n').slice(1, -2);
    for (const secret of [secretOf(edwards), ...lines]) expect(all).not.toContain(secret);
  });

  test('stays through the rotation of the keys of the instance', async () => {
    const id = await add({ ...MACHINE, private_key: pem(edwards) });
    await app.get(KeyRotation).rotate(['data']);
    app.clock.forward(25);
    await app.get(KeyCare).run(AbortSignal.timeout(20_000));
    const [row] = await app
      .get(Database)
      .sql<{ version: string }>(`select split_part(credentials, ':', 1) as version from servers where id = $1`, [id]);
    expect(row?.version).toBe('v2');
    expect(await signInTo(app, ada, id)).toBe('connected');
  });

  test('is in no file of servers: whoever brings one in enters it anew', async () => {
    const other = await app.signIn();
    await add({ ...MACHINE, private_key: pem(edwards) });
    const file = await app.api('GET', '/api/export/servers', { token: ada.token });
    const imported = await app.api<{ servers: { needs: string[] }[] }>('POST', '/api/export/import', {
      token: other.token,
      body: file.body,
    });
    expect(imported.body.servers.at(-1)?.needs).toEqual(['credentials']);
    const { servers } = (
      await other.call<{ servers: { id: string; oauth: object; name: string }[] }>('GET', '/servers')
    ).body;
    const server = servers.find(({ name }) => name === `Keyed ${count}`);
    expect(server?.oauth).toMatchObject(MACHINE);
    const id = server?.id ?? '';
    expect((await beginSignIn(app, other, id)).status).not.toBe(200);
    await other.call('PUT', `/servers/${id}`, { oauth: { private_key: pem(edwards) } });
    expect(await signInTo(app, other, id)).toBe('connected');
  });
});
