import { z } from 'zod';
import { startTestApp, type TestApp } from '../../support/app.js';
import { Client, someAddress } from '../support/client.js';
import { chapter } from '../support/compatibility.js';

/** The shapes that the Platform API's document prints, below `data`. */
const printedUser = { id: z.string().startsWith('user_'), email: z.string(), firstName: z.string() };
const Registered = z.strictObject({ user: z.strictObject({ ...printedUser, lastName: z.string() }) });
const tokens = { token: z.string().min(1), refreshToken: z.string().min(1) };
const SignedIn = z.strictObject({
  ...tokens,
  user: z.strictObject({ ...printedUser, lastName: z.string(), role: z.string() }),
});
const Tokens = z.strictObject(tokens);
const Refusal = z.looseObject({
  success: z.literal(false),
  error: z.strictObject({ code: z.string(), message: z.string(), details: z.looseObject({}) }),
});

chapter('platform-auth', 'Authentication', (holds) => {
  let app: TestApp;
  let client: Client;
  beforeAll(async () => {
    app = await startTestApp();
    client = new Client(app.url);
  });
  afterAll(() => app.stop());

  const post = (path: string, body?: unknown, token?: string) =>
    client.callAt('POST', `/v1/auth${path}`, { body, token });
  const answered = async <Data extends z.ZodType>(status: number, data: Data, answer: ReturnType<typeof post>) =>
    client.expect(status, z.strictObject({ success: z.literal(true), data, meta: z.looseObject({}) }), answer);
  const refused = async (status: number, code: string, answer: ReturnType<typeof post>) => {
    const { error } = await client.expect(status, Refusal, answer);
    expect(error.code).toBe(code);
    return error.details;
  };
  const printed = (email = someAddress()) => ({
    email,
    password: 'securePassword123',
    firstName: 'John',
    lastName: 'Doe',
    organizationName: 'Example Org',
  });
  const register = async (body = printed()) => {
    await answered(201, Registered, post('/register', body));
    return { body, token: await client.linkTo(body.email) };
  };
  const member = async () => {
    const { body, token } = await register();
    await answered(200, z.looseObject({}), post('/verify-email', { token }));
    const { email, password } = body;
    const { data } = await answered(200, SignedIn, post('/login', { email, password }));
    return { email, password, ...data };
  };
  const isSignedIn = async (token: string) => (await client.callAt('GET', '/v1/users/me', { token })).status === 200;

  const REGISTER = 'Authentication API, Register User';
  holds(REGISTER, 'POST /auth/register as printed answers the user and sends a mail', async () => {
    const body = printed();
    const { data, meta } = await answered(201, Registered, post('/register', body));
    expect(data.user).toMatchObject({ email: body.email, firstName: 'John', lastName: 'Doe' });
    expect(meta).toEqual({ message: 'Verification email sent' });
    expect(await client.linkTo(body.email)).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
  holds(REGISTER, 'POST /auth/register without an organizationName', async () => {
    const { organizationName, ...body } = printed();
    expect(organizationName).toBeDefined();
    await answered(201, Registered, post('/register', body));
  });
  holds(REGISTER, 'POST /auth/register of an address with an account answers the same', async () => {
    const { email } = await member();
    const { data, meta } = await answered(201, Registered, post('/register', printed(email)));
    expect(data.user.email).toBe(email);
    expect(meta).toEqual({ message: 'Verification email sent' });
  });
  holds(REGISTER, 'POST /auth/register with a wrong field is 400 VALIDATION_ERROR and names it', async () => {
    for (const [change, path] of [
      [{ email: 'user' }, '/email'],
      [{ password: 'short' }, '/password'],
      [{ password: 'password123' }, '/password'],
      [{ firstName: 'a\nb' }, '/firstName'],
      [{ organizationName: 'x'.repeat(101) }, '/organizationName'],
    ] as const) {
      const details = await refused(400, 'VALIDATION_ERROR', post('/register', { ...printed(), ...change }));
      expect(details.errors).toMatchObject([{ path }]);
    }
    await refused(400, 'VALIDATION_ERROR', post('/register', { ...printed(), more: 1 }));
  });

  const LOGIN = 'Authentication API, Login';
  holds(LOGIN, 'POST /auth/login as printed answers tokens, the user with a role, and when they expire', async () => {
    const { email, password } = await member();
    const { data, meta } = await answered(200, SignedIn, post('/login', { email, password }));
    expect(data.user).toMatchObject({ email, firstName: 'John', lastName: 'Doe', role: 'owner' });
    expect(meta).toEqual({ tokenExpires: 86_400 });
    app.clock.forward(86_300);
    expect(await isSignedIn(data.token)).toBe(true);
    app.clock.forward(101);
    expect(await isSignedIn(data.token)).toBe(false);
  });
  holds(LOGIN, 'POST /auth/login before the address is confirmed is 403', async () => {
    const { body } = await register();
    const { email, password } = body;
    await refused(403, 'EMAIL_NOT_VERIFIED', post('/login', { email, password }));
  });
  holds('Error Codes', 'POST /auth/login with a wrong password is 401 AUTH_INVALID_CREDENTIALS', async () => {
    const { email } = await member();
    const password = 'anotherPassword123';
    await refused(401, 'AUTH_INVALID_CREDENTIALS', post('/login', { email, password }));
    await refused(401, 'AUTH_INVALID_CREDENTIALS', post('/login', { email: someAddress(), password }));
  });
  holds('Error Codes', 'POST /auth/login again and again is 429 RATE_LIMIT_EXCEEDED', async () => {
    const body = { email: someAddress(), password: 'anotherPassword123' };
    for (let attempt = 0; attempt < 10; attempt += 1) await post('/login', body);
    await refused(429, 'RATE_LIMIT_EXCEEDED', post('/login', body));
  });

  holds('Error Codes', 'a token of more than a day is 401 AUTH_TOKEN_EXPIRED', async () => {
    const { token } = await member();
    app.clock.forward(86_401);
    await refused(401, 'AUTH_TOKEN_EXPIRED', client.callAt('GET', '/v1/users/me', { token }));
  });

  const REFRESH = 'Authentication API, Refresh Token';
  holds(REFRESH, 'POST /auth/refresh as printed answers new tokens', async () => {
    const { refreshToken } = await member();
    const { data, meta } = await answered(200, Tokens, post('/refresh', { refreshToken }));
    expect(data.refreshToken).not.toBe(refreshToken);
    expect(meta).toEqual({ tokenExpires: 86_400 });
    app.clock.forward(86_300);
    expect(await isSignedIn(data.token)).toBe(true);
  });
  holds(REFRESH, 'POST /auth/refresh with an unknown token is 401 AUTH_TOKEN_INVALID', async () => {
    await refused(401, 'AUTH_TOKEN_INVALID', post('/refresh', { refreshToken: 'unknown' }));
  });

  const LOGOUT = 'Authentication API, Logout';
  holds(LOGOUT, 'POST /auth/logout as printed ends the token, and the refresh token with it', async () => {
    const { token, refreshToken } = await member();
    const { meta } = await answered(200, z.strictObject({}), post('/logout', undefined, token));
    expect(meta).toEqual({ message: 'Successfully logged out' });
    expect(await isSignedIn(token)).toBe(false);
    await refused(401, 'AUTH_TOKEN_INVALID', post('/refresh', { refreshToken }));
  });
  holds(LOGOUT, 'POST /auth/logout without a token is 401 AUTH_TOKEN_INVALID', async () => {
    await refused(401, 'AUTH_TOKEN_INVALID', post('/logout'));
  });

  const BESIDE = 'beside the document';
  holds(BESIDE, 'POST /auth/verify-email makes the account, once', async () => {
    const { body, token } = await register();
    const { data } = await answered(
      200,
      z.strictObject({ email: z.string(), hasPassword: z.boolean() }),
      post('/verify-email', { token }),
    );
    expect(data).toEqual({ email: body.email, hasPassword: true });
    await refused(410, 'LINK_EXPIRED', post('/verify-email', { token }));
  });
  holds(BESIDE, 'POST /auth/resend-verification sends a link that works too', async () => {
    const { body } = await register();
    await answered(200, z.strictObject({}), post('/resend-verification', { email: body.email }));
    await answered(200, z.looseObject({}), post('/verify-email', { token: await client.linkTo(body.email, 1) }));
  });
  holds(BESIDE, 'POST /auth/forgot-password and /auth/reset-password change the password', async () => {
    const { email, password, token } = await member();
    await answered(200, z.strictObject({}), post('/forgot-password', { email }));
    const link = await client.linkTo(email, 1);
    const weak = await refused(400, 'VALIDATION_ERROR', post('/reset-password', { token: link, newPassword: 'short' }));
    expect(weak.errors).toMatchObject([{ path: '/newPassword' }]);
    await answered(
      200,
      z.strictObject({}),
      post('/reset-password', { token: link, newPassword: 'anotherPassword123' }),
    );
    expect(await isSignedIn(token)).toBe(false);
    await refused(401, 'AUTH_INVALID_CREDENTIALS', post('/login', { email, password }));
    await answered(200, SignedIn, post('/login', { email, password: 'anotherPassword123' }));
  });
});
