import { z } from 'zod';
import { startTestApp, type TestApp } from '../../support/app.js';
import { Client, someAddress } from '../support/client.js';
import { chapter } from '../support/compatibility.js';

const Tokens = z.strictObject({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  token_type: z.literal('bearer'),
  expires_in: z.int().min(1),
});
const Me = z.looseObject({ email: z.string(), username: z.string(), role: z.string() });
const Message = z.strictObject({ message: z.string() });

/** In their order: the first one sets the instance up. */
chapter('admin-auth', 'Authentication', (holds) => {
  let app: TestApp;
  let client: Client;
  const email = someAddress();
  const password = 'securePassword123';
  beforeAll(async () => {
    app = await startTestApp();
    client = new Client(app.url);
  });
  afterAll(() => app.stop());

  const call = (method: string, path: string, sent: Parameters<Client['callAt']>[2] = {}) =>
    client.callAt(method, `/auth${path}`, sent);
  const login = () => client.expect(200, Tokens, call('POST', '/login', { body: { email, password } }));
  const isSignedIn = async (token: string) => (await call('GET', '/me', { token })).status === 200;

  holds('Authentication, /auth/setup', 'POST /auth/setup creates the initial admin account, one time', async () => {
    const elsewhere = { body: { email, password }, headers: { 'x-forwarded-for': '192.0.2.7' } };
    expect((await client.refuses(403, call('POST', '/setup', elsewhere))).code).toBe('CLAIM_CODE_NEEDED');
    const weak = await client.refuses(400, call('POST', '/setup', { body: { email, password: 'admin' } }));
    expect(weak.errors).toMatchObject([{ path: '/password' }]);

    const setup = call('POST', '/setup', { body: { email, username: 'admin', password } });
    const { access_token: token } = await client.expect(201, Tokens, setup);
    const me = await client.expect(200, Me, call('GET', '/me', { token }));
    expect(me).toMatchObject({ email, username: 'admin', role: 'owner', instance_administrator: true });
    const body = { email: someAddress(), password };
    expect((await client.refuses(409, call('POST', '/setup', { body }))).code).toBe('INSTANCE_CLAIMED');
  });

  const LOGIN = 'Authentication, /auth/login';
  holds(LOGIN, 'POST /auth/login answers tokens', async () => {
    expect(await login()).toMatchObject({ expires_in: 900 });
    await client.expect(200, Tokens, call('POST', '/login', { body: { username: email, password } }));
  });
  holds(LOGIN, 'POST /auth/login with a wrong password is 401', async () => {
    await client.refuses(401, call('POST', '/login', { body: { email, password: 'anotherPassword123' } }));
  });

  holds('Authentication, /auth/refresh', 'POST /auth/refresh answers a fresh access token', async () => {
    const { refresh_token } = await login();
    const { access_token } = await client.expect(200, Tokens, call('POST', '/refresh', { body: { refresh_token } }));
    expect(await isSignedIn(access_token)).toBe(true);
    await client.refuses(401, call('POST', '/refresh', { body: { refresh_token: 'unknown' } }));
  });

  holds('Authentication, /auth/logout', 'POST /auth/logout ends the current tokens', async () => {
    const { access_token: token, refresh_token } = await login();
    await client.expect(200, Message, call('POST', '/logout', { token }));
    expect(await isSignedIn(token)).toBe(false);
    await client.refuses(401, call('POST', '/refresh', { body: { refresh_token } }));
    await client.refuses(401, call('POST', '/logout'));
  });

  const ME = 'Authentication, /auth/me';
  holds(ME, 'GET /auth/me answers the current user', async () => {
    const { access_token: token } = await login();
    expect(await client.expect(200, Me, call('GET', '/me', { token }))).toMatchObject({ email, username: 'admin' });
  });
  holds(ME, 'GET /auth/me without a token is 401', async () => {
    await client.refuses(401, call('GET', '/me'));
  });

  const CHANGE = 'Authentication, /auth/change-password';
  holds(CHANGE, 'POST /auth/change-password changes it and ends the other sign-ins', async () => {
    const [{ access_token: token }, other] = [await login(), await login()];
    const change = (current_password: string, new_password: string) =>
      call('POST', '/change-password', { token, body: { current_password, new_password } });
    await client.refuses(400, change('notThePassword1', 'anotherPassword123'));
    await client.refuses(400, change(password, 'password'));
    await client.expect(200, Message, change(password, 'anotherPassword123'));
    expect([await isSignedIn(token), await isSignedIn(other.access_token)]).toEqual([true, false]);
    await client.expect(200, Message, change('anotherPassword123', password));
  });
});
