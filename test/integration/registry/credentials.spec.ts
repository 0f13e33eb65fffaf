import { type Account, type RegistryApp, startRegistryApp, until } from './registry-app.js';
import { startUpstream, type Upstream } from './upstream.js';

const SECRETS = ['api-key-7d1fe0aa31', 'second-key-93cc0b1e', 'oauth-token-5e2b77d0'];

let app: RegistryApp;
let upstream: Upstream;
let ada: Account;
const answers: string[] = [];

beforeAll(async () => {
  [app, upstream] = await Promise.all([startRegistryApp(), startUpstream()]);
  ada = await app.signUp();
});

afterAll(async () => {
  await app.close();
  await upstream.close();
});

const call = async <Body>(method: string, path: string, body?: unknown) => {
  const answer = await ada.call<Body>(method, path, body);
  answers.push(answer.text);
  return answer;
};

const create = async (name: string, credentials: object, auth_method = 'api_key') =>
  (await call<{ id: string }>('POST', '/servers', { name, url: upstream.url, auth_method, credentials })).body.id;

const everyRow = async (): Promise<string> => {
  const tables = await app.database.sql<{ name: string }>(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
     where table_schema in ('public', 'graphile_worker') and table_type = 'BASE TABLE'`,
  );
  const rows: unknown[] = [];
  for (const { name } of tables)
    rows.push(...(await app.database.sql(`select row_to_json(t)::text as row from ${name} t`)));
  return JSON.stringify(rows);
};

test('credentials are in no answer, no log line and no row', async () => {
  const [apiKey, secondKey, token] = SECRETS;
  const id = await create('By key', { api_key: apiKey });
  const oauth = await create('By token', { access_token: token }, 'oauth');
  await call('PUT', `/servers/${id}`, { credentials: { api_key: secondKey } });
  for (const each of [id, oauth]) {
    await call('GET', `/servers/${each}`);
    await call('GET', `/servers/${each}/status`);
    await call('POST', `/servers/${each}/check`);
    await call('GET', `/servers/${each}/tools`);
  }
  await call('POST', '/servers/test', { url: upstream.url, auth_method: 'api_key', credentials: { api_key: apiKey } });
  await call('POST', '/servers/test', { url: 'http://127.0.0.1:1/', auth_method: 'oauth', credentials: { token } });
  await call('POST', '/servers', {
    name: '',
    url: 'x',
    auth_method: 'api_key',
    credentials: { api_key: `${apiKey}\u0007` },
  });
  await call('POST', '/servers', {
    name: 'x',
    url: upstream.url,
    auth_method: 'api_key',
    credentials: { api_key: apiKey, header: token },
  });
  await call('GET', '/servers');
  const sent = upstream.seen.map(({ authorization }) => authorization);
  expect(sent).toEqual(expect.arrayContaining([`Bearer ${secondKey}`, `Bearer ${token}`]));

  const everything = [answers.join('\n'), app.logLines.join('\n'), await everyRow()];
  for (const secret of SECRETS) {
    for (const place of everything) {
      expect(place).not.toContain(secret);
      expect(place).not.toContain(Buffer.from(secret).toString('base64'));
    }
  }
  expect(app.logLines.length).toBeGreaterThan(0);
});

test('a stored credential is never sent to another origin: with a new URL it is entered again', async () => {
  const elsewhere = await startUpstream();
  try {
    const id = await create('Moving', { api_key: 'moving-key-1' });
    const move = (change: object) => call<{ code: string }>('PUT', `/servers/${id}`, change);
    const refused = await move({ url: elsewhere.url });
    expect([refused.status, refused.body]).toEqual([
      400,
      expect.objectContaining({
        code: 'CREDENTIALS_REQUIRED',
        errors: [expect.objectContaining({ path: '/credentials' })],
      }),
    ]);
    expect((await move({ url: `${upstream.url}?of=the-same-origin` })).status).toBe(200);
    expect((await move({ url: elsewhere.url, credentials: { api_key: '' } })).status).toBe(400);
    expect((await move({ url: elsewhere.url, credentials: { api_key: 'moving-key-2' } })).status).toBe(200);
    await call('POST', `/servers/${id}/check`);
    const sent = new Set(elsewhere.seen.map(({ authorization }) => authorization));
    expect(sent).toEqual(new Set(['Bearer moving-key-2']));
    expect((await move({ url: upstream.url, auth_method: 'none' })).body).toMatchObject({ credentials_set: false });
  } finally {
    await elsewhere.close();
  }
});

test('a ciphertext in another row does not open, and the server says so', async () => {
  const id = await create('Own', { api_key: 'own-key-123' });
  const other = await create('Other', { api_key: 'other-key-456' });
  await until(
    () => ada.call<{ last_checked: string | null }>('GET', `/servers/${other}`),
    ({ body }) => body.last_checked !== null,
  );
  await app.database.sql(
    'update servers set credentials = (select credentials from servers where id = $1), last_checked_at = null where id = $2',
    [id, other],
  );
  const requests = upstream.seen.length;
  expect(await call('GET', `/servers/${other}/status`)).toMatchObject({ body: { status: 'offline' } });
  expect(await call('GET', `/servers/${other}`)).toMatchObject({
    body: { status: 'error', status_reason: expect.stringContaining('cannot be opened') as string },
  });
  expect(await call('POST', `/servers/${other}/check`)).toMatchObject({
    status: 409,
    body: { code: 'CREDENTIALS_UNREADABLE' },
  });
  expect(upstream.seen).toHaveLength(requests);
});
