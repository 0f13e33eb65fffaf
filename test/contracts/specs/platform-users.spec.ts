import { z } from 'zod';
import { startTestApp, type TestApp } from '../../support/app.js';
import { Client } from '../support/client.js';
import { chapter } from '../support/compatibility.js';

/** The shapes that the Platform API's document prints, below `data`. */
const timestamp = z.iso.datetime();
const Scopes = z.array(z.enum(['mcp:read', 'mcp:write', 'mcp:execute', 'admin']));
const Profile = z.looseObject({
  user: z.looseObject({
    id: z.string(),
    email: z.string(),
    firstName: z.string().nullable(),
    lastName: z.string().nullable(),
    role: z.string(),
    organization: z.looseObject({ id: z.string(), name: z.string() }),
    createdAt: timestamp,
    lastLoginAt: timestamp.nullable(),
  }),
});
const printedKey = { id: z.string(), name: z.string(), createdAt: timestamp, expiresAt: timestamp, scopes: Scopes };
const Listed = z.looseObject({ apiKeys: z.array(z.looseObject({ ...printedKey, lastUsed: timestamp.nullable() })) });
const Made = z.looseObject({ apiKey: z.looseObject({ ...printedKey, key: z.string().startsWith('mcp_sk_') }) });
const Refusal = z.looseObject({
  success: z.literal(false),
  error: z.looseObject({ code: z.string(), message: z.string(), details: z.looseObject({}) }),
});

chapter('platform-users', 'Users and API keys', (holds) => {
  let app: TestApp;
  let client: Client;
  let token: string;
  beforeAll(async () => {
    app = await startTestApp();
    client = new Client(app.url);
    token = (await client.signIn()).access_token;
  });
  afterAll(() => app.stop());

  type Sent = Parameters<Client['callAt']>[2];
  const call = (method: string, path: string, sent: Sent = { token }) => client.callAt(method, `/v1${path}`, sent);
  const answered = async <Data extends z.ZodType>(status: number, data: Data, answer: ReturnType<typeof call>) => {
    const envelope = z.strictObject({ success: z.literal(true), data, meta: z.looseObject({}) });
    return client.expect(status, envelope, answer);
  };
  const refused = async (status: number, code: string, answer: ReturnType<typeof call>) =>
    expect((await client.expect(status, Refusal, answer)).error.code).toBe(code);
  const PRINTED = { name: 'Production API Key', expiresIn: 31_536_000, scopes: ['mcp:read'] };
  const make = async (body: object = PRINTED) =>
    (await answered(201, Made, call('POST', '/users/me/api-keys', { token, body }))).data.apiKey;

  const ME = 'User Management API, Get User Profile';
  holds(ME, 'GET /users/me answers the user with role and organization', async () => {
    const { data, meta } = await answered(200, Profile, call('GET', '/users/me'));
    expect(data.user).toMatchObject({ role: 'owner' });
    expect(meta).toEqual({});
  });
  holds(ME, 'GET /users/me without a token is 401 AUTH_TOKEN_INVALID', async () => {
    await refused(401, 'AUTH_TOKEN_INVALID', call('GET', '/users/me', {}));
  });

  const CREATE = 'User Management API, Create API Key';
  holds(CREATE, 'POST /users/me/api-keys as printed answers the key, once', async () => {
    const body = PRINTED;
    const { data, meta } = await answered(201, Made, call('POST', '/users/me/api-keys', { token, body }));
    expect(data.apiKey).toMatchObject({ name: PRINTED.name, scopes: PRINTED.scopes });
    const lasts = Date.parse(data.apiKey.expiresAt) - Date.parse(data.apiKey.createdAt);
    expect(lasts).toBe(PRINTED.expiresIn * 1_000);
    expect(meta).toEqual({ message: "Store this API key securely; it won't be shown again." });
  });
  holds(CREATE, 'POST /users/me/api-keys with a wrong field is 400 VALIDATION_ERROR', async () => {
    for (const change of [{ name: '' }, { scopes: [] }, { scopes: ['all'] }, { expiresIn: 0 }, { more: 1 }]) {
      const body = { ...PRINTED, ...change };
      await refused(400, 'VALIDATION_ERROR', call('POST', '/users/me/api-keys', { token, body }));
    }
  });

  const LIST = 'User Management API, List API Keys';
  holds(LIST, 'GET /users/me/api-keys answers them, without what they are made of', async () => {
    const { key, id } = await make({ ...PRINTED, name: 'CI/CD Integration' });
    const { data } = await answered(200, Listed, call('GET', '/users/me/api-keys'));
    expect(data.apiKeys.find((listed) => listed.id === id)).toMatchObject({
      name: 'CI/CD Integration',
      lastUsed: null,
    });
    expect(JSON.stringify(data)).not.toContain(key);
  });

  const AUTHENTICATION = 'API Overview, Authentication';
  holds(AUTHENTICATION, 'Authorization: ApiKey {api_key} lets in', async () => {
    const { key } = await make();
    await answered(200, Profile, call('GET', '/users/me', { headers: { authorization: `ApiKey ${key}` } }));
    await answered(200, Profile, call('GET', '/users/me', { headers: { authorization: `Bearer ${key}` } }));
    const wrong = `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`;
    const headers = { authorization: `ApiKey ${wrong}` };
    await refused(401, 'AUTH_TOKEN_INVALID', call('GET', '/users/me', { headers }));
  });
  holds('Error Codes', 'an expired key is 401 AUTH_TOKEN_EXPIRED', async () => {
    const { key } = await make({ ...PRINTED, expiresIn: 60 });
    app.clock.forward(61);
    const headers = { authorization: `ApiKey ${key}` };
    await refused(401, 'AUTH_TOKEN_EXPIRED', call('GET', '/users/me', { headers }));
  });
  holds('Error Codes', 'what a key may not do is 403 AUTH_INSUFFICIENT_SCOPE', async () => {
    const { key } = await make();
    const headers = { authorization: `ApiKey ${key}` };
    await refused(403, 'AUTH_INSUFFICIENT_SCOPE', call('GET', '/users/me/api-keys', { headers }));
  });

  const BESIDE = 'beside the document';
  holds(BESIDE, 'DELETE /users/me/api-keys/{id} ends it; of an unknown one is 404 RESOURCE_NOT_FOUND', async () => {
    const { id, key } = await make();
    await answered(200, z.strictObject({}), call('DELETE', `/users/me/api-keys/${id}`));
    const headers = { authorization: `ApiKey ${key}` };
    await refused(401, 'AUTH_TOKEN_INVALID', call('GET', '/users/me', { headers }));
    await refused(404, 'RESOURCE_NOT_FOUND', call('DELETE', `/users/me/api-keys/${id}`));
    await refused(404, 'RESOURCE_NOT_FOUND', call('DELETE', '/users/me/api-keys/key_123456'));
  });
  holds(BESIDE, 'POST /users/me/api-keys/{id}/rotate answers a new key in its place', async () => {
    const old = await make();
    const body = { overlapSeconds: 3_600 };
    const rotate = call('POST', `/users/me/api-keys/${old.id}/rotate`, { token, body });
    const { apiKey: next } = (await answered(201, Made, rotate)).data;
    expect(next).toMatchObject({ name: old.name, scopes: old.scopes, expiresAt: old.expiresAt });
    for (const { key } of [old, next]) {
      await answered(200, Profile, call('GET', '/users/me', { headers: { authorization: `ApiKey ${key}` } }));
    }
  });
});
