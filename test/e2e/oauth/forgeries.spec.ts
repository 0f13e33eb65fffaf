import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { type Person, startTestApp, type TestApp } from '../../support/app.js';
import { authenticate, CALLBACK, newPkce, RawClient } from './support.js';

let app: TestApp;
let person: Person;
let other: Person;
let client: RawClient;

beforeAll(async () => {
  app = await startTestApp();
  [person, other] = [await app.signIn(), await app.signIn()];
  client = await RawClient.register(app);
});
afterAll(() => app.stop());

const decode = (part = ''): unknown => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a code', () => {
  const codeOf = async (pkce = newPkce()) => {
    const end = await client.askFor(person, pkce);
    return { code: end.searchParams.get('code') ?? '', pkce };
  };

  test.each([
    ['another verifier', { code_verifier: 'x'.repeat(43) }],
    ['another redirect', { redirect_uri: 'http://127.0.0.1:4000/callback' }],
  ])('with %s is worth nothing', async (_what, changed) => {
    const { code, pkce } = await codeOf();
    const answer = await client.exchange(code, pkce, changed);
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant']);
  });

  test('without a verifier is worth nothing', async () => {
    const { code } = await codeOf();
    const answer = await client.token({ grant_type: 'authorization_code', code, redirect_uri: CALLBACK });
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant']);
  });

  test('is good for its own client only', async () => {
    const { code, pkce } = await codeOf();
    const thief = await RawClient.register(app);
    expect((await thief.exchange(code, pkce)).body.error).toBe('invalid_grant');
  });

  test('for one resource brings no token of another', async () => {
    const { code, pkce } = await codeOf();
    const answer = await client.exchange(code, pkce, { resource: `${client.resource}/s/another` });
    expect(answer.body.error).toBe('invalid_target');
  });

  test('brings tokens once, of however many who come at the same time', async () => {
    const { code, pkce } = await codeOf();
    const answers = await Promise.all([1, 2, 3, 4].map(() => client.exchange(code, pkce)));
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
  });

  test('is over after a minute', async () => {
    const { code, pkce } = await codeOf();
    app.clock.forward(61);
    expect((await client.exchange(code, pkce)).body.error).toBe('invalid_grant');
  });
});

describe('an access token', () => {
  test('is good for its own resource only', async () => {
    const resource = `${client.resource}/s/some-server`;
    const server = await person.call<{ id: string }>('POST', '/servers', {
      name: 'S',
      url: 'https://example.com/mcp',
      auth_method: 'none',
    });
    const own = `${client.resource}/s/${server.body.id}`;
    const { access_token: token } = await client.connect(person, { resource: own });
    expect((await authenticate(app, token, own)).userId).toBe(person.user.id);
    for (const wrong of [client.resource, resource, `${own}/`, own.toUpperCase()]) {
      await expect(authenticate(app, token, wrong)).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
    }
  });

  test('is taken nowhere else', async () => {
    const { access_token: token } = await client.connect(person);
    for (const path of ['/api/v1/user/profile', '/v1/users/me', '/auth/me']) {
      expect((await app.api('GET', path, { token })).status).toBe(401);
    }
  });

  test('that is not ours is refused', async () => {
    const { access_token: token } = await client.connect(person);
    const [head = '', body = '', signature = ''] = token.split('.');
    const header = decode(head) as object;
    const claims = decode(body) as Record<string, unknown>;
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const signed = (first: object, second: object, by: (text: string) => Buffer) => {
      const text = `${encode(first)}.${encode(second)}`;
      return `${text}.${by(text).toString('base64url')}`;
    };
    const byOther = (text: string) => sign('RSA-SHA256', Buffer.from(text), privateKey);
    const keys = (await app.api<{ keys: { n: string }[] }>('GET', '/oauth/jwks')).body.keys;
    const forged = [
      `${encode({ ...header, alg: 'none' })}.${body}.`,
      signed({ ...header, alg: 'HS256' }, claims, (text) =>
        createHmac('sha256', keys[0]?.n ?? '')
          .update(text)
          .digest(),
      ),
      signed(header, claims, byOther),
      signed({ ...header, kid: 'unknown' }, claims, byOther),
      `${encode({ ...header, typ: 'JWT' })}.${body}.${signature}`,
      `${head}.${encode({ ...claims, sub: other.user.id })}.${signature}`,
      `${head}.${body}.${signature}.${signature}`,
      `${head}.${body}`,
      person.token,
      '',
      'x'.repeat(10_000),
    ];
    for (const one of forged) {
      await expect(authenticate(app, one, client.resource)).rejects.toMatchObject({ kind: 'unauthenticated' });
    }
  });
});
