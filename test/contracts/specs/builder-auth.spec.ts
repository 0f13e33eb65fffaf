import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { eventually, startTestApp, type TestApp } from '../../support/app.js';
import { Client, someAddress } from '../support/client.js';
import { chapter } from '../support/compatibility.js';
import { SignedIn } from '../support/document.js';

const Ok = z.strictObject({ ok: z.literal(true) });
const Me = z.looseObject({
  user: z.looseObject({ id: z.string().startsWith('user_'), email: z.string() }),
  org: z.looseObject({ id: z.string().startsWith('org_'), name: z.string() }),
});
const Refused = z.strictObject({
  error: z.strictObject({ code: z.string(), message: z.string(), details: z.looseObject({ requestId: z.string() }) }),
});
const Listed = z.looseObject({
  credentials: z.array(
    z.looseObject({ id: z.string(), kind: z.string(), current: z.boolean(), last_used_at: z.string() }),
  ),
});
const Mails = z.array(z.looseObject({ link: z.string().nullish() }));

const run = promisify(execFile);

chapter('builder-auth', 'Auth', (holds) => {
  let app: TestApp;
  let client: Client;

  beforeAll(async () => {
    app = await startTestApp({ TRUST_PROXY: 'true' });
    client = new Client(app.url);
  });

  afterAll(() => app.stop());

  const post = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
    client.callAt('POST', path, { body, headers });
  const verify = (token: string, headers: Record<string, string> = {}) => post('/v1/auth/verify', { token }, headers);
  const me = (cookie: string, headers: Record<string, string> = {}) =>
    client.callAt('GET', '/v1/auth/me', { headers: { cookie, ...headers } });
  const refuses = async (status: number, answer: ReturnType<typeof post>) => {
    const { status: got, body } = await answer;
    expect([got, body]).toEqual([status, expect.anything()]);
    return Refused.parse(body).error;
  };
  const linksTo = async (email: string) =>
    Mails.parse((await client.callAt('GET', `/dev/mailbox/messages?to=${encodeURIComponent(email)}`)).body);

  /** What stands behind `#` in the link of the newest mail. */
  const mailedToken = async (email: string): Promise<string> => {
    const before = (await linksTo(email)).length;
    await client.expect(200, Ok, post('/v1/auth/magic-link', { email }));
    const [mail] = await eventually(
      () => linksTo(email),
      ({ length }) => length > before,
    );
    const link = new URL(mail?.link ?? '');
    expect(link.pathname).toBe('/link/sign-in');
    return link.hash.slice(1);
  };
  const cookieOf = ({ headers }: { headers: Headers }): string => headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const signIn = async (email = someAddress()) => cookieOf(await verify(await mailedToken(email)));

  const LINK = 'Auth, POST /v1/auth/magic-link';
  holds(LINK, 'POST /v1/auth/magic-link mails a one-time link, whether there is an account or not', async () => {
    const email = someAddress();
    expect(await mailedToken(email)).toMatch(/^[A-Za-z0-9_-]{43}$/);
    await signIn(email);
    expect(await mailedToken(email)).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
  holds(LINK, 'POST /v1/auth/magic-link with no e-mail address is 400', async () => {
    for (const body of [{}, { email: 'nobody' }, { email: 7 }, { email: someAddress(), more: 1 }]) {
      expect(await refuses(400, post('/v1/auth/magic-link', body))).toMatchObject({ code: 'VALIDATION_ERROR' });
    }
  });

  const VERIFY = 'Auth, POST /v1/auth/verify';
  holds(VERIFY, 'POST /v1/auth/verify exchanges the token for a session cookie', async () => {
    const email = someAddress();
    const answer = await verify(await mailedToken(email));
    const { user, org } = await client.expect(200, Me, Promise.resolve(answer));
    expect(user.email).toBe(email);
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^switchyard=[A-Za-z0-9_-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
    const again = await client.expect(200, Me, verify(await mailedToken(email)));
    expect([again.user.id, again.org.id]).toEqual([user.id, org.id]);
  });
  holds(VERIFY, 'POST /v1/auth/verify over TLS sets a cookie that nothing else can read or set', async () => {
    const overTls = { 'x-forwarded-proto': 'https' };
    const answer = await verify(await mailedToken(someAddress()), overTls);
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^__Host-switchyard=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax; Secure$/),
    ]);
    const cookie = cookieOf(answer);
    await client.expect(200, Me, me(cookie, overTls));
    await refuses(401, me(cookie.replace('__Host-', ''), overTls));
  });
  holds(VERIFY, 'POST /v1/auth/verify with a token that was used, replaced, or never was is 410', async () => {
    const email = someAddress();
    const token = await mailedToken(email);
    await client.expect(200, Me, verify(token));
    await refuses(410, verify(token));
    await refuses(410, verify('never-was'));
    const replaced = await mailedToken(email);
    await mailedToken(email);
    await refuses(410, verify(replaced));
  });
  holds(VERIFY, 'POST /v1/auth/verify 15 minutes after the mail is 410', async () => {
    const token = await mailedToken(someAddress());
    app.clock.forward(15 * 60 + 1);
    await refuses(410, verify(token));
  });
  holds(VERIFY, 'POST /v1/auth/verify a hundred times at once succeeds once', async () => {
    const token = await mailedToken(someAddress());
    const answers = await Promise.all(Array.from({ length: 100 }, () => verify(token)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array.from({ length: 99 }, () => 410)]);
  });
  holds(VERIFY, 'POST /v1/auth/verify from a page of another site is 403', async () => {
    const token = await mailedToken(someAddress());
    await refuses(403, verify(token, { origin: 'https://evil.example' }));
    await refuses(403, verify(token, { 'sec-fetch-site': 'cross-site' }));
    await client.expect(200, Me, verify(token, { origin: app.url, 'sec-fetch-site': 'same-origin' }));
  });

  const ME = 'Auth, GET /v1/auth/me';
  holds(ME, 'GET /v1/auth/me answers the user and the organization of the session', async () => {
    const email = someAddress();
    const answer = await me(await signIn(email));
    const { user, org } = await client.expect(200, Me, Promise.resolve(answer));
    expect(user).toEqual({ ...user, email, username: expect.any(String) as string, firstName: null, lastName: null });
    expect(org).toMatchObject({ role: 'owner' });
  });
  holds(ME, 'GET /v1/auth/me lets the session last for a week from then on, and no longer', async () => {
    const email = someAddress();
    const cookie = await signIn(email);
    app.clock.forward(6 * 86_400);
    const answer = await me(cookie);
    expect([answer.status, cookieOf(answer)]).toEqual([200, cookie]);
    const person = await app.signIn(email);
    const listed = async () => Listed.parse((await person.call('GET', '/user/credentials')).body).credentials;
    const used = app.clock.now().getTime() - 3_600_000;
    await eventually(listed, (credentials) =>
      credentials.some(({ kind, last_used_at }) => kind === 'cookie_session' && Date.parse(last_used_at) > used),
    );
    app.clock.forward(6 * 86_400);
    await client.expect(200, Me, me(cookie));
    app.clock.forward(7 * 86_400 + 1);
    await refuses(401, me(cookie));
  });
  holds(ME, 'GET /v1/auth/me without a session cookie, or with a wrong one, is 401', async () => {
    await refuses(401, client.callAt('GET', '/v1/auth/me'));
    await refuses(401, me('switchyard=wrong'));
    await refuses(401, me(`switchyard=${'x'.repeat(43)}`));
  });

  const LOGOUT = 'Auth, POST /v1/auth/logout';
  holds(LOGOUT, 'POST /v1/auth/logout destroys the session and takes the cookie back', async () => {
    const cookie = await signIn();
    const answer = await post('/v1/auth/logout', undefined, { cookie });
    await client.expect(200, Ok, Promise.resolve(answer));
    expect(answer.headers.getSetCookie()).toEqual(['switchyard=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax']);
    await refuses(401, me(cookie));
    await refuses(401, post('/v1/auth/logout', undefined, { cookie }));
  });
  holds(LOGOUT, 'POST /v1/auth/logout from a page of another site is 403, and the session goes on', async () => {
    const cookie = await signIn();
    await refuses(403, post('/v1/auth/logout', undefined, { cookie, origin: 'https://evil.example' }));
    await client.expect(200, Me, me(cookie));
  });

  test('an Authorization header makes it the logout of the Platform API, cookie or not', async () => {
    const cookie = await signIn();
    const { token } = await app.signIn();
    for (const success of [true, false]) {
      const { body } = await post('/v1/auth/logout', undefined, { cookie, authorization: `Bearer ${token}` });
      expect(body).toMatchObject({ success });
    }
    await client.expect(200, Me, me(cookie));
  });

  test('a session is on the page of credentials, and ends when it is revoked there', async () => {
    const email = someAddress();
    const cookie = await signIn(email);
    const person = await app.signIn(email);
    const { credentials } = Listed.parse((await person.call('GET', '/user/credentials')).body);
    const [session, ...others] = credentials.filter(({ kind }) => kind === 'cookie_session');
    expect([session?.current, others]).toEqual([false, []]);
    expect((await person.call('DELETE', `/user/credentials/${session?.id}`)).status).toBe(200);
    expect(await refuses(401, me(cookie))).toMatchObject({ code: 'SESSION_ENDED' });
  });

  test('the same link signs in over the Client API, to the same account', async () => {
    const email = someAddress();
    const { user } = await client.expect(200, Me, me(await signIn(email)));
    const body = { token: await mailedToken(email), device_fingerprint: 'a1b2' };
    const signedIn = await client.expect(200, SignedIn, client.call('POST', '/auth/magic-link/verify', { body }));
    expect([signedIn.user.id, signedIn.is_new_user]).toEqual([user.id, false]);
    await refuses(410, verify(body.token));
    await client.refuses(410, client.call('POST', '/auth/magic-link/verify', { body }));
  });

  holds(
    'Curl example',
    "curl -c cookies.txt -X POST …/v1/auth/verify -d '{token}' leaves a cookie for -b",
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'switchyard-curl-'));
      try {
        const jar = join(folder, 'cookies.txt');
        const token = await mailedToken(someAddress());
        const body = JSON.stringify({ token });
        const verified = await run('curl', ['-s', '-c', jar, '-X', 'POST', `${app.url}/v1/auth/verify`, '-d', body]);
        const { user } = Me.parse(JSON.parse(verified.stdout));
        const known = await run('curl', ['-s', '-b', jar, `${app.url}/v1/auth/me`]);
        expect(Me.parse(JSON.parse(known.stdout)).user.id).toBe(user.id);
        const ended = await run('curl', ['-s', '-b', jar, '-X', 'POST', `${app.url}/v1/auth/logout`]);
        Ok.parse(JSON.parse(ended.stdout));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  );
});
