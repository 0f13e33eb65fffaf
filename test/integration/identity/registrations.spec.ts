import { RegistrationsService } from '../../../src/core/identity/registrations.service.js';
import { Database } from '../../../src/platform/database/database.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { newAddress, OTHER, PASSWORD, passwordPeople, refused } from './password-people.js';

let app: TestApp;
let people: ReturnType<typeof passwordPeople>;

beforeAll(async () => {
  app = await startTestApp();
  people = passwordPeople(app);
});
afterAll(async () => app.stop());

describe('a registration', () => {
  test('is an account after the click, with its names, and not before', async () => {
    const email = newAddress();
    const token = await people.register(email);
    expect(refused(await people.login(email, PASSWORD))).toEqual([403, 'EMAIL_NOT_VERIFIED', undefined, undefined]);
    expect(refused(await people.login(email, OTHER))).toEqual([401, 'CREDENTIALS_INVALID', undefined, undefined]);

    const peeked = await people.post('/auth/links/peek', { token });
    expect(peeked.body).toEqual({ purpose: 'verify_email', email });
    const verified = await Promise.all(Array.from({ length: 20 }, () => people.post('/auth/email/verify', { token })));
    expect(verified.map(({ status }) => status).toSorted()).toEqual([200, ...new Array<number>(19).fill(410)]);
    expect(verified.find(({ status }) => status === 200)?.body).toEqual({
      status: 'verified',
      email,
      has_password: true,
    });

    const { status, body } = await people.login(email, PASSWORD);
    expect([status, body.is_new_user, body.user.email]).toEqual([200, false, email]);
    const rows = await app.get(Database).sql(
      `select users.first_name, users.last_login_at is not null as "hasSignedIn", organizations.name
       from users join memberships on memberships.user_id = users.id
       join organizations on organizations.id = memberships.organization_id where users.email = $1`,
      [email],
    );
    expect(rows).toEqual([{ first_name: 'Ada', hasSignedIn: true, name: 'Engines' }]);
  });

  test('of an address that somebody else knows gives them nothing: its owner signed in first', async () => {
    const email = newAddress();
    const token = await people.register(email, 'what the stranger knows');
    const owner = await app.signIn(email);
    expect((await people.post('/auth/links/peek', { token })).status).toBe(410);
    expect((await people.post('/auth/email/verify', { token })).status).toBe(410);
    expect((await people.login(email, 'what the stranger knows')).status).toBe(403);
    expect(await people.profile(owner.token)).toBe(200);
  });

  test('beside another one with another password gives the account, but neither password', async () => {
    const email = newAddress();
    const mine = await people.register(email);
    await people.register(email, 'what the stranger knows');
    expect((await people.post('/auth/email/verify', { token: mine })).body).toMatchObject({ has_password: false });
    for (const password of [PASSWORD, 'what the stranger knows']) {
      expect((await people.login(email, password)).status).toBe(401);
    }
  });

  test('that was sent twice with the same password is one, and each of its mails works', async () => {
    const email = newAddress();
    const first = await people.register(email);
    await people.register(email);
    await app.get(RegistrationsService).resend(email);
    expect((await people.post('/auth/email/verify', { token: first })).body).toMatchObject({ has_password: true });
    expect((await people.login(email, PASSWORD)).status).toBe(200);
  });

  test('of an address with an account answers the same, and changes nothing', async () => {
    const { email } = await people.account();
    const registrations = app.get(RegistrationsService);
    const known = (await people.mails(email)).length;
    const given = { password: OTHER, firstName: 'Eve' };
    const told = await registrations.register({ email, ...given });
    const other = await registrations.register({ email: newAddress(), ...given });
    expect(Object.keys(told)).toEqual(Object.keys(other));
    expect(told.id).toMatch(/^user_[0-9a-f]{32}$/);
    expect(await people.linkIn(email, /already have an account/, known)).toBe('');
    // The stranger sees what they would see without the account.
    expect((await people.login(email, OTHER)).status).toBe(403);
    expect((await people.login(email, PASSWORD)).status).toBe(200);
  });

  test('is refused for a password that anybody would guess, with the field', async () => {
    const registrations = app.get(RegistrationsService);
    const email = newAddress();
    const attempt = (password: string) => registrations.register({ email, password });
    await expect(attempt('short')).rejects.toMatchObject({
      issues: [{ path: '/password', code: 'password_too_short' }],
    });
    await expect(attempt('Password123')).rejects.toMatchObject({ issues: [{ code: 'password_breached' }] });
    await expect(attempt(email)).rejects.toMatchObject({ issues: [{ code: 'password_too_easy_to_guess' }] });
    await expect(registrations.register({ email, password: PASSWORD, lastName: 'x\ny' })).rejects.toMatchObject({
      issues: [{ path: '/last_name' }],
    });
    expect(await people.mails(email)).toEqual([]);
  });
});
