import { hash } from '@node-rs/argon2';
import { Database } from '../../../src/platform/database/database.js';
import { eventually, startTestApp, type TestApp } from '../../support/app.js';
import { newAddress, OTHER, PASSWORD, passwordPeople, type Problem, refused } from './password-people.js';

let app: TestApp;
let people: ReturnType<typeof passwordPeople>;

beforeAll(async () => {
  app = await startTestApp();
  people = passwordPeople(app);
});
afterAll(async () => app.stop());

describe('signing in with a password', () => {
  test('is the same in any spelling of the address and of the characters', async () => {
    const email = newAddress();
    await people.post('/auth/email/verify', { token: await people.register(email, 're\u0301sume\u0301 of mine') });
    expect((await people.login(` ${email.toUpperCase()}`, 'r\u00e9sum\u00e9 of mine')).status).toBe(200);
  });

  test('is answered alike for an unknown address, one without a password, and a wrong password', async () => {
    const { email } = await people.account();
    const person = await app.signIn();
    const answers = await Promise.all([email, person.email, newAddress()].map((one) => people.login(one, OTHER)));
    const seen = answers.map(({ status, body: { code, errors } }) => ({ status, code, errors }));
    expect(seen[0]).toMatchObject({ status: 401, code: 'CREDENTIALS_INVALID' });
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).toEqual(seen[0]);
    expect((await people.login(email, 'x'.repeat(100_000))).status).toBe(401);
  });

  test.each(['known', 'unknown'])(
    'takes ten wrong guesses of a %s address, however many come at once',
    async (kind) => {
      const email = kind === 'known' ? (await people.account()).email : newAddress();
      const answers = await Promise.all(Array.from({ length: 25 }, () => people.login(email, OTHER)));
      expect(answers.map(({ status }) => status).toSorted()).toEqual([
        ...new Array<number>(10).fill(401),
        ...new Array<number>(15).fill(429),
      ]);
      const locked = await people.login(email, PASSWORD);
      expect(refused(locked)).toEqual([429, 'PASSWORD_LOCKED', undefined, undefined]);
      expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(800);
      app.clock.forward(15 * 60);
      expect((await people.login(email, PASSWORD)).status).toBe(kind === 'known' ? 200 : 401);
    },
  );

  test('makes a hash of today of one that cost less', async () => {
    const { email } = await people.account();
    const database = app.get(Database);
    // The same password at a sixteenth of the cost.
    const weak = await hash(PASSWORD, { memoryCost: 1_024, timeCost: 2, parallelism: 1 });
    await database.sql('update users set password_hash = $2 where email = $1', [email, weak]);
    expect((await people.login(email, PASSWORD)).status).toBe(200);
    const [row] = await database.sql<{ hash: string }>('select password_hash as hash from users where email = $1', [
      email,
    ]);
    expect(row?.hash).toContain('$m=19456,t=2,p=1$');
    expect((await people.login(email, PASSWORD)).status).toBe(200);
  });
});

describe('a new password', () => {
  const change = (token: string, body: object) =>
    app.api<Problem & { success: boolean }>('PUT', '/api/v1/user/password', { token, body });

  test('ends every other sign-in, leaves the one that asked, and is told by mail', async () => {
    const { email, tokens } = await people.account();
    const other = (await people.login(email, PASSWORD)).body;
    const code = await app.signIn(email);
    const changed = await change(tokens.access_token, { current_password: PASSWORD, new_password: OTHER });
    expect([changed.status, changed.body]).toEqual([200, { success: true, message: 'Password updated successfully.' }]);
    expect(await people.profile(tokens.access_token)).toBe(200);
    expect(await people.profile(other.access_token)).toBe(401);
    expect(await people.profile(code.token)).toBe(401);
    expect((await people.post('/auth/refresh', { refresh_token: other.refresh_token })).status).toBe(401);
    expect((await people.post('/auth/refresh', { refresh_token: tokens.refresh_token })).status).toBe(200);
    expect((await people.login(email, PASSWORD)).status).toBe(401);
    expect((await people.login(email, OTHER)).status).toBe(200);
    await eventually(
      () => people.mails(email),
      (all) => all.some(({ subject }) => /was changed/.test(subject)),
    );
  });

  test('is taken in both spellings, and refused with the field', async () => {
    const { tokens } = await people.account();
    const token = tokens.access_token;
    const both = { currentPassword: PASSWORD, newPassword: OTHER };
    expect(refused(await change(token, { ...both, currentPassword: 'wrong' }))).toEqual([
      400,
      'CURRENT_PASSWORD_WRONG',
      '/current_password',
      'wrong_password',
    ]);
    expect(refused(await change(token, { ...both, newPassword: 'password1' }))).toEqual([
      400,
      'VALIDATION_ERROR',
      '/new_password',
      'password_breached',
    ]);
    expect((await change(token, { ...both, new_password: OTHER })).status).toBe(400);
    expect((await change(token, both)).status).toBe(200);
    const person = await app.signIn();
    expect(refused(await change(person.token, both))).toEqual([409, 'PASSWORD_NOT_SET', undefined, undefined]);
  });

  test('and a sign-in with the old one at the same time: it does not outlive the change', async () => {
    const { email, tokens } = await people.account();
    const [changed, ...signedIn] = await Promise.all([
      change(tokens.access_token, { current_password: PASSWORD, new_password: OTHER }),
      ...Array.from({ length: 6 }, () => people.login(email, PASSWORD)),
    ]);
    expect(changed.status).toBe(200);
    const got = signedIn.filter(({ status }) => status === 200);
    const alive = await Promise.all(got.map(({ body }) => people.profile(body.access_token)));
    expect(alive).toEqual(got.map(() => 401));
  });
});

describe('a forgotten password', () => {
  const forget = async (email: string): Promise<string> => {
    const known = (await people.mails(email)).length;
    expect((await people.post('/auth/password/forgot', { email })).body).toEqual({ status: 'sent' });
    return people.linkIn(email, /new password|Choose/, known);
  };
  const reset = (token: string, password: string) =>
    people.post<Problem & { status: string }>('/auth/password/reset', { token, new_password: password });

  test('is replaced by a link, once; all sign-ins end, and older links with them', async () => {
    const { email, tokens } = await people.account();
    const token = await forget(email);
    expect(refused(await reset(token, 'short'))).toEqual([
      400,
      'VALIDATION_ERROR',
      '/new_password',
      'password_too_short',
    ]);
    const answers = await Promise.all(Array.from({ length: 10 }, () => reset(token, OTHER)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...new Array<number>(9).fill(410)]);
    expect(await people.profile(tokens.access_token)).toBe(401);
    expect((await people.login(email, PASSWORD)).status).toBe(401);
    expect((await people.login(email, OTHER)).status).toBe(200);
  });

  test('gives a first one to who never had any', async () => {
    const person = await app.signIn();
    expect((await reset(await forget(person.email), OTHER)).body).toEqual({ status: 'changed' });
    expect((await people.login(person.email, OTHER)).status).toBe(200);
  });

  test('of an address without an account is answered the same; the mail says it', async () => {
    const email = newAddress();
    expect((await people.post('/auth/password/forgot', { email })).body).toEqual({ status: 'sent' });
    await eventually(
      () => people.mails(email),
      (all) => all.some(({ subject }) => /no account/.test(subject)),
    );
    expect((await people.post('/auth/password/forgot', { email: 'no address' })).status).toBe(400);
  });

  test('a link is over after the password was changed in another way', async () => {
    const { email, tokens } = await people.account();
    const token = await forget(email);
    const body = { current_password: PASSWORD, new_password: OTHER };
    await app.api('PUT', '/api/v1/user/password', { token: tokens.access_token, body });
    expect((await reset(token, 'what the stranger knows')).status).toBe(410);
  });
});

test('what happened is told to the organization, and no secret with it', async () => {
  const { email, tokens } = await people.account();
  const token = tokens.access_token;
  const body = { current_password: PASSWORD, new_password: OTHER };
  await app.api('PUT', '/api/v1/user/password', { token, body });
  await people.post('/auth/password/forgot', { email });
  await people.login(email, 'a wrong secret');
  const told = await eventually(
    () => app.api<{ activity: { action: string }[] }>('GET', '/api/v1/activity', { token }),
    ({ body: { activity } }) =>
      [
        'account.registered',
        'sign_in.succeeded',
        'password.changed',
        'password.reset_requested',
        'sign_in.failed',
      ].every((action) => activity.some((entry) => entry.action === action)),
  );
  expect(told.text).not.toContain(PASSWORD);
  expect(told.text).not.toContain('$argon2id');
});
