import { createHmac } from 'node:crypto';
import { Keyring } from '../../../src/platform/crypto/keyring.js';
import { type IdentityApp, startIdentityApp } from './identity-app.js';

interface Pair {
  access_token: string;
  refresh_token: string;
}

const PROFILE = '/api/v1/user/profile';

describe('tokens', () => {
  let app: IdentityApp;

  beforeAll(async () => {
    app = await startIdentityApp();
  });

  afterAll(() => app.close());

  const signIn = async (email: string) => (await app.signIn(email)).body as unknown as Pair;
  const refresh = (token: unknown) => app.call('POST', '/api/v1/auth/refresh', { refresh_token: token });
  const signOut = (token: unknown) => app.call('POST', '/api/v1/auth/logout', { refresh_token: token });
  const profile = (token: string) => app.call('GET', PROFILE, undefined, { authorization: `Bearer ${token}` });
  const pairOf = async (answer: ReturnType<typeof refresh>) => {
    const { status, body } = await answer;
    expect(status).toBe(200);
    return body as unknown as Pair;
  };

  describe('an access token', () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const key = new Keyring(Buffer.alloc(32, 7)).key('access-tokens');
    const forge = (header: object, payload: object) => {
      const text = `${part(header)}.${part(payload)}`;
      return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
    };
    const read = (token: string) =>
      token
        .split('.')
        .slice(0, 2)
        .map((text) => JSON.parse(Buffer.from(text, 'base64url').toString()) as Record<string, unknown>);

    test('is an HS256 token of 15 minutes with a key id', async () => {
      const { access_token } = await signIn('claims@example.com');
      const [header, payload] = read(access_token);
      expect(header).toEqual({ alg: 'HS256', typ: 'JWT', kid: expect.stringMatching(/^[0-9a-f]{12}$/) as string });
      expect(payload).toMatchObject({ iss: 'switchyard', aud: 'switchyard:api' });
      expect(payload?.sub).toMatch(/^user_/);
      expect(payload?.org).toMatch(/^org_/);
      expect(payload?.fam).toMatch(/^fam_/);
      expect(Number(payload?.exp) - Number(payload?.iat)).toBe(900);
    });

    test('counts only with our key, algorithm, key id, issuer and audience', async () => {
      const { access_token } = await signIn('forged@example.com');
      const [header = {}, payload = {}] = read(access_token);
      expect((await profile(forge(header, payload))).status).toBe(200);
      const forged = [
        `${part({ ...header, alg: 'none' })}.${part(payload)}.`,
        forge({ ...header, alg: 'HS512' }, payload),
        forge({ ...header, kid: 'another' }, payload),
        forge({ alg: 'HS256', typ: 'JWT' }, payload),
        forge(header, { ...payload, iss: 'another' }),
        forge(header, { ...payload, aud: 'another' }),
        forge(header, { ...payload, fam: 'fam_0' }),
        forge(header, { ...payload, org: 'org_0' }),
        `${access_token.slice(0, -2)}AA`,
        'no-token',
      ];
      for (const token of forged) {
        expect(await profile(token)).toMatchObject({ status: 401, body: { code: 'TOKEN_INVALID' } });
      }
    });

    test('ends after its time', async () => {
      const { access_token } = await signIn('ends@example.com');
      expect((await profile(access_token)).status).toBe(200);
      app.clock.forward(901);
      expect(await profile(access_token)).toMatchObject({ status: 401, body: { code: 'TOKEN_EXPIRED' } });
    });

    test.each([
      [{}, 'CREDENTIAL_MISSING'],
      [{ authorization: 'Basic YTpi' }, 'CREDENTIAL_MALFORMED'],
      [{ authorization: 'Bearer' }, 'CREDENTIAL_MALFORMED'],
    ])('%j is 401 %s with a challenge', async (headers, code) => {
      const answer = await app.call('GET', PROFILE, undefined, headers);
      expect(answer).toMatchObject({ status: 401, body: { code } });
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    });
  });

  describe('a refresh token', () => {
    test('gives new tokens and is used up by it', async () => {
      const first = await signIn('chain@example.com');
      const second = await pairOf(refresh(first.refresh_token));
      expect(second.refresh_token).not.toBe(first.refresh_token);
      expect((await profile(second.access_token)).status).toBe(200);
      app.clock.forward(60);
      const third = await pairOf(refresh(second.refresh_token));
      expect((await profile(third.access_token)).status).toBe(200);
    });

    test('that comes back after ten seconds ends the whole family', async () => {
      const first = await signIn('stolen@example.com');
      const second = await pairOf(refresh(first.refresh_token));
      app.clock.forward(11);
      expect(await refresh(first.refresh_token)).toMatchObject({
        status: 401,
        body: { code: 'REFRESH_TOKEN_INVALID' },
      });
      expect((await refresh(second.refresh_token)).status).toBe(401);
      expect((await profile(second.access_token)).status).toBe(401);
      const families = await app.database.sql(
        `select revoked_because from refresh_families join users on users.id = user_id where email = 'stolen@example.com'`,
      );
      expect(families).toEqual([{ revoked_because: 'token_reused' }]);
    });

    test('serves twenty requests in flight, and the family lives on as one chain', async () => {
      const first = await signIn('flight@example.com');
      const pairs = await Promise.all(Array.from({ length: 20 }, () => pairOf(refresh(first.refresh_token))));
      for (const { access_token } of pairs) expect((await profile(access_token)).status).toBe(200);
      expect(new Set(pairs.map(({ refresh_token }) => refresh_token)).size).toBe(1);
      app.clock.forward(3_600);
      expect((await refresh(pairs[7]?.refresh_token)).status).toBe(200);
    });

    test('that comes late within the grace gets the end of the chain, not a used link', async () => {
      const first = await signIn('late@example.com');
      const second = await pairOf(refresh(first.refresh_token));
      const third = await pairOf(refresh(second.refresh_token));
      app.clock.forward(9);
      const late = await pairOf(refresh(first.refresh_token));
      expect(late.refresh_token).toBe(third.refresh_token);
      app.clock.forward(600);
      expect((await refresh(late.refresh_token)).status).toBe(200);
    });

    test('works for seven days after the last use', async () => {
      const first = await signIn('week@example.com');
      app.clock.forward(6 * 86_400);
      const second = await pairOf(refresh(first.refresh_token));
      app.clock.forward(6 * 86_400);
      expect((await refresh(second.refresh_token)).status).toBe(200);
      const other = await signIn('week@example.com');
      app.clock.forward(7 * 86_400 + 1);
      expect((await refresh(other.refresh_token)).status).toBe(401);
    });

    test.each(['', 'unknown', '\u{1F511}', 'a'.repeat(100_000)])('%# that is not ours is 401', async (token) => {
      expect((await refresh(token)).status).toBe(401);
      expect((await signOut(token)).status).toBe(401);
    });

    test.each([[undefined], [7], [null], [{}]])('of the wrong type %j is 400', async (token) => {
      expect(await refresh(token)).toMatchObject({ status: 400, body: { errors: [{ path: '/refresh_token' }] } });
    });

    test('is nowhere stored, nor logged', async () => {
      const { refresh_token, access_token } = await signIn('stored@example.com');
      const rows = await app.database.sql('select * from refresh_tokens');
      expect(JSON.stringify(rows)).not.toContain(refresh_token);
      expect(app.logLines.join('')).not.toContain(refresh_token);
      expect(app.logLines.join('')).not.toContain(access_token);
    });
  });

  describe('signing out', () => {
    test('ends the sign-in at once, and only that one', async () => {
      const here = await signIn('out@example.com');
      const there = await signIn('out@example.com');
      expect((await profile(here.access_token)).status).toBe(200);
      expect(await signOut(here.refresh_token)).toMatchObject({ status: 200, body: { status: 'ok' } });
      expect((await profile(here.access_token)).status).toBe(401);
      expect((await refresh(here.refresh_token)).status).toBe(401);
      expect((await signOut(here.refresh_token)).status).toBe(401);
      expect((await profile(there.access_token)).status).toBe(200);
    });

    test('in another process counts within seconds even if the hint is lost', async () => {
      const { access_token } = await signIn('elsewhere@example.com');
      expect((await profile(access_token)).status).toBe(200);
      await app.database.sql(
        `update refresh_families set revoked_at = now()
         where user_id = (select id from users where email = 'elsewhere@example.com')`,
      );
      app.clock.forward(3);
      expect((await profile(access_token)).status).toBe(401);
    });
  });

  test('the sign-in keeps its device, address and user agent', async () => {
    const after = app.clock.now();
    await app.call('POST', '/api/v1/auth/otp/request', { email: 'device@example.com' });
    const code = await app.codeFor('device@example.com', after);
    await app.call(
      'POST',
      '/api/v1/auth/otp/verify',
      { email: 'device@example.com', code, device_fingerprint: 'laptop-1' },
      { 'user-agent': 'test/1' },
    );
    const families = await app.database.sql(
      `select device_fingerprint, ip, user_agent from refresh_families join users on users.id = user_id
       where email = 'device@example.com'`,
    );
    expect(families).toEqual([{ device_fingerprint: 'laptop-1', ip: '127.0.0.1', user_agent: 'test/1' }]);
  });

  describe('the profile', () => {
    test('is read and changed by its owner', async () => {
      const { access_token } = await signIn('Ada.Lovelace@example.com'.toLowerCase());
      const headers = { authorization: `Bearer ${access_token}` };
      const before = await app.call('GET', PROFILE, undefined, headers);
      expect(before.body).toEqual({
        id: expect.stringMatching(/^user_[0-9a-f]{32}$/) as string,
        username: 'ada.lovelace',
        email: 'ada.lovelace@example.com',
        created_at: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/) as string,
        updated_at: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/) as string,
      });
      expect(await app.call('PUT', PROFILE, {}, headers)).toMatchObject({ status: 200, body: before.body });
      const changed = await app.call('PUT', PROFILE, { username: '  Countess Ada ✨ ' }, headers);
      expect(changed).toMatchObject({
        status: 200,
        body: { username: 'Countess Ada ✨', email: 'ada.lovelace@example.com' },
      });
      expect((await app.call('GET', PROFILE, undefined, headers)).body.username).toBe('Countess Ada ✨');
    });

    test.each(['', '   ', 'x'.repeat(65), 'a\u0007b', 'a\nb', '\u202egnp.exe', null, 7, ['a']])(
      'takes no username %j',
      async (username) => {
        const { access_token } = await signIn('names@example.com');
        const answer = await app.call('PUT', PROFILE, { username }, { authorization: `Bearer ${access_token}` });
        expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: '/username' }] } });
      },
    );

    test('a second local part of the same name gets a suffix', async () => {
      await signIn('same@example.com');
      const other = (await app.signIn('same@example.org')).body.user as { username: string };
      expect(other.username).toMatch(/^same-\d{4}$/);
    });
  });
});
