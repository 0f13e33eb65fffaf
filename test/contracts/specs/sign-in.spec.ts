import { type TestApp, startTestApp } from '../../support/app.js';
import { Client, someAddress, wrongCode } from '../support/client.js';
import { chapter } from '../support/compatibility.js';
import { Health, OtpSent, SignedIn, Tokens } from '../support/document.js';
import { z } from 'zod';

chapter('sign-in', 'Health and sign-in', (holds) => {
  let app: TestApp;
  let client: Client;

  beforeAll(async () => {
    app = await startTestApp();
    client = new Client(app.url);
  });

  afterAll(() => app.stop());

  const verify = (email: unknown, code: unknown, more: object = {}) =>
    client.call('POST', '/auth/otp/verify', { body: { email, code, ...more } });
  const refresh = (refreshToken: unknown) =>
    client.call('POST', '/auth/refresh', { body: { refresh_token: refreshToken } });
  const logout = (refreshToken: unknown) =>
    client.call('POST', '/auth/logout', { body: { refresh_token: refreshToken } });

  const HEALTH = 'Endpoints, GET /healthz';
  holds(HEALTH, 'GET /healthz answers status and ts', async () => {
    await client.expect(200, Health, client.call('GET', '/healthz'));
  });
  holds(HEALTH, 'GET /healthz answers at the root too', async () => {
    await client.expect(200, Health, client.callAt('GET', '/healthz'));
  });

  const REQUEST = 'Endpoints, POST /auth/otp/request';
  holds(REQUEST, 'POST /auth/otp/request answers status and cooldown_sec', async () => {
    const body = { email: someAddress() };
    await client.expect(200, OtpSent, client.call('POST', '/auth/otp/request', { body }));
  });
  holds(REQUEST, 'POST /auth/otp/request with no e-mail address is 400', async () => {
    for (const body of [{}, { email: 'nobody' }, { email: 7 }]) {
      await client.refuses(400, client.call('POST', '/auth/otp/request', { body }));
    }
  });
  holds(REQUEST, 'POST /auth/otp/request again within the cooldown is 429', async () => {
    const cool = await startTestApp({ OTP_COOLDOWN_SECONDS: '30' });
    try {
      const other = new Client(cool.url);
      const body = { email: someAddress() };
      const sent = await other.expect(200, OtpSent, other.call('POST', '/auth/otp/request', { body }));
      expect(sent.cooldown_sec).toBe(30);
      await other.refuses(429, other.call('POST', '/auth/otp/request', { body }));
    } finally {
      await cool.stop();
    }
  });

  const VERIFY = 'Endpoints, POST /auth/otp/verify';
  holds(VERIFY, 'POST /auth/otp/verify makes an account, and then finds it', async () => {
    const email = someAddress();
    const first = await client.expect(200, SignedIn, verify(email, await client.requestCode(email)));
    const second = await client.expect(200, SignedIn, verify(email, await client.requestCode(email)));
    expect([first.is_new_user, second.is_new_user]).toEqual([true, false]);
    expect(second.user).toMatchObject({ id: first.user.id, email });
  });
  holds(VERIFY, 'POST /auth/otp/verify takes a device_fingerprint', async () => {
    const email = someAddress();
    const code = await client.requestCode(email);
    await client.expect(200, SignedIn, verify(email, code, { device_fingerprint: 'a1b2c3d4' }));
  });
  holds(VERIFY, 'POST /auth/otp/verify with a malformed body is 400', async () => {
    const email = someAddress();
    await client.requestCode(email);
    await client.refuses(400, verify('nobody', '123456'));
    await client.refuses(400, verify(email, '12345'));
    await client.refuses(400, verify(email, 123_456));
    await client.refuses(400, client.call('POST', '/auth/otp/verify', { body: { email } }));
  });
  holds(VERIFY, 'POST /auth/otp/verify with a wrong code is 401', async () => {
    const email = someAddress();
    await client.refuses(401, verify(email, wrongCode(await client.requestCode(email))));
  });
  holds(VERIFY, 'POST /auth/otp/verify with a code that was used is 410', async () => {
    const email = someAddress();
    const code = await client.requestCode(email);
    await client.expect(200, SignedIn, verify(email, code));
    await client.refuses(410, verify(email, code));
  });
  holds(VERIFY, 'POST /auth/otp/verify with a code that has expired is 410', async () => {
    const email = someAddress();
    const code = await client.requestCode(email);
    app.clock.forward(601);
    await client.refuses(410, verify(email, code));
  });
  holds(VERIFY, 'POST /auth/otp/verify after five wrong codes is 429', async () => {
    const email = someAddress();
    const code = await client.requestCode(email);
    for (let guess = 0; guess < 5; guess += 1) await client.refuses(401, verify(email, wrongCode(code)));
    await client.refuses(429, verify(email, code));
  });

  const REFRESH = 'Endpoints, POST /auth/refresh';
  holds(REFRESH, 'POST /auth/refresh answers new tokens', async () => {
    const { access_token, refresh_token } = await client.signIn();
    const fresh = await client.expect(200, Tokens, refresh(refresh_token));
    expect([access_token, refresh_token]).not.toContain(fresh.refresh_token);
    const profile = client.call('GET', '/user/profile', { token: fresh.access_token });
    await client.expect(200, z.looseObject({}), profile);
  });
  holds(REFRESH, 'POST /auth/refresh with an unknown token is 401', async () => {
    await client.refuses(401, refresh('not-a-token'));
  });

  const LOGOUT = 'Endpoints, POST /auth/logout';
  holds(LOGOUT, 'POST /auth/logout ends the refresh token', async () => {
    const { refresh_token } = await client.signIn();
    await client.expect(200, z.looseObject({ status: z.literal('ok') }), logout(refresh_token));
    await client.refuses(401, refresh(refresh_token));
  });
  holds(LOGOUT, 'POST /auth/logout with an unknown token is 401', async () => {
    await client.refuses(401, logout('not-a-token'));
  });
});
