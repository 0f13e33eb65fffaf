import { eventually } from '../../support/app.js';

export interface SecretCall {
  body?: unknown;
  token?: string;
  headers?: Record<string, string>;
  /** The answer is the one place where a secret belongs. */
  isSecret?: boolean;
}

export interface Told {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

export interface Planting {
  call: (method: string, path: string, options?: SecretCall) => Promise<Told>;
  /** @returns the value, which from now on must be nowhere */
  plant: (name: string, value?: string) => string;
}

const EMAIL = 'by-password@example.com';

/** Every way in, with what is secret in it: passwords, links, cookies, keys, an invitation. Each is used, and used wrongly. */
export async function useEveryDoor({ call, plant }: Planting, owner: string): Promise<void> {
  const linkIn = async (email: string, name: string, page: string): Promise<string> => {
    const list = async () => {
      const { body } = await call('GET', `/dev/mailbox/messages?to=${encodeURIComponent(email)}`, { isSecret: true });
      return (body as unknown as { link: string | null }[]).find(({ link }) => link?.includes(`/link/${page}#`));
    };
    const mail = await eventually(list, (found) => found !== undefined);
    return plant(name, mail?.link?.split('#')[1]);
  };

  const password = plant('a password');
  const person = { email: EMAIL, password, firstName: 'Ada', lastName: 'Lovelace' };
  await call('POST', '/v1/auth/register', { body: person });
  const confirmation = await linkIn(EMAIL, 'a link that confirms an address', 'verify-email');
  const unconfirmed = { body: { email: EMAIL, password } };
  expect((await call('POST', '/v1/auth/login', unconfirmed)).status).toBeGreaterThanOrEqual(400);
  const confirm = { body: { token: confirmation } };
  expect((await call('POST', '/api/v1/auth/email/verify', confirm)).status).toBe(200);
  await call('POST', '/api/v1/auth/email/verify', confirm);

  const login = (given: string, options: SecretCall = {}) =>
    call('POST', '/api/v1/auth/password/login', { ...options, body: { email: EMAIL, password: given } });
  await login(plant('a wrong password'));
  const signedIn = await login(password, { isSecret: true });
  expect(signedIn.status).toBe(200);
  const token = plant('an access token by password', String(signedIn.body.access_token));
  plant('a refresh token by password', String(signedIn.body.refresh_token));
  const next = plant('the next password');
  const change = { token, body: { current_password: password, new_password: next } };
  expect((await call('PUT', '/api/v1/user/password', change)).status).toBe(200);
  await call('PUT', '/api/v1/user/password', change);
  await call('POST', '/api/v1/auth/password/forgot', { body: { email: EMAIL } });
  const reset = await linkIn(EMAIL, 'a link to a new password', 'reset-password');
  const body = { token: reset, new_password: plant('a password after a reset') };
  expect((await call('POST', '/api/v1/auth/password/reset', { body })).status).toBe(200);

  const browser = 'by-link@example.com';
  await call('POST', '/v1/auth/magic-link', { body: { email: browser } });
  const magic = { body: { token: await linkIn(browser, 'a link to sign in with', 'sign-in') } };
  const { headers } = await call('POST', '/v1/auth/verify', { ...magic, isSecret: true });
  const cookie = headers.get('set-cookie')?.split(';')[0] ?? '';
  plant('a session cookie', cookie.split('=')[1]);
  expect((await call('POST', '/v1/auth/logout', { headers: { cookie } })).status).toBe(200);
  await call('GET', '/v1/auth/me', { headers: { cookie } });

  await useKeys({ call, plant }, owner);
  await call('POST', '/api/v1/organization/invitations', { token: owner, body: { email: browser, role: 'viewer' } });
  const invitation = await linkIn(browser, 'an invitation', 'invitation');
  await call('POST', '/api/v1/invitations/peek', { body: { token: invitation } });
  await call('POST', '/api/v1/invitations/peek', { body: { token: plant('an invitation of nobody') } });
  await call('POST', '/api/v1/instance/claim', { token: owner, body: { claim_code: plant('a wrong claim code') } });
  await call('GET', '/api/v1/user/credentials', { token: owner });
  await call('GET', '/api/v1/activity', { token: owner });
}

async function useKeys({ call, plant }: Planting, owner: string): Promise<void> {
  const made = await call('POST', '/api/v1/user/api-keys', {
    token: owner,
    body: { name: 'Canary', scopes: ['admin'] },
    isSecret: true,
  });
  const { id, key } = made.body.api_key as { id: string; key: string };
  plant('an API key', key);
  expect((await call('GET', '/api/v1/servers', { token: key })).status).toBe(200);
  await call('GET', '/v1/users/me', { headers: { authorization: `ApiKey ${key}` } });
  await call('GET', '/api/mcp-servers/nothing', { headers: { 'x-api-key': id, 'x-api-secret': key } });
  await call('GET', '/api/mcp-servers/nothing', { headers: { 'x-api-key': key, 'x-api-secret': id } });
  await call('GET', '/api/v1/servers', { token: plant('a wrong API key', `${key.slice(0, -8)}00000000`) });
  const rotated = await call('POST', `/api/v1/user/api-keys/${id}/rotate`, { token: owner, body: {}, isSecret: true });
  plant('an API key after its rotation', (rotated.body.api_key as { key: string }).key);
}
