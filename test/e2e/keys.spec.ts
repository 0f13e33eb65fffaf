import jsonwebtoken from 'jsonwebtoken';
import { ServerCredentials } from '../../src/core/registry/server-credentials.js';
import type { McpServer } from '../../src/core/registry/server.js';
import { KeyCare } from '../../src/platform/crypto/key-care.js';
import { KeyRotation } from '../../src/platform/crypto/key-rotation.js';
import { KEY_PURPOSES, Keyring } from '../../src/platform/crypto/keyring.js';
import { Database } from '../../src/platform/database/database.js';
import { Webhook } from 'standardwebhooks';
import { eventually, type Person, startTestApp, type TestApp } from '../support/app.js';
import { startWebhookReceiver } from '../support/webhook-receiver.js';
import { type Hook, makeHook } from './support/webhooks.js';

const ROTATIONS = 20;
const SERVERS = 30;
const LEAD_SECONDS = 25;

describe('keys rotated under load, in two processes', () => {
  let one: TestApp;
  let other: TestApp;
  let person: Person;

  beforeAll(async () => {
    one = await startTestApp();
    other = await startTestApp({ DATABASE_URL: one.databaseUrl, ROLE: 'api' });
    person = await one.signIn();
  }, 60_000);

  afterAll(async () => {
    await other.stop();
    await one.stop();
  });

  const both = () => [one, other];
  const forward = (seconds: number) => both().forEach(({ clock }) => clock.forward(seconds));
  const care = () => one.get(KeyCare).run(AbortSignal.timeout(20_000));

  async function rotate(): Promise<void> {
    await one.get(KeyRotation).rotate(['data', 'signing', 'codes']);
    const newest = one.get(Keyring).live('one-time-codes')[0]?.version;
    await eventually(
      () => other.get(Keyring).live('one-time-codes')[0]?.version,
      (version) => version === newest,
    );
    forward(LEAD_SECONDS);
  }

  it('fail no request, and seal all stored secrets anew', async () => {
    for (let index = 0; index < SERVERS; index += 1) {
      const made = await person.call('POST', '/servers', {
        name: `Server ${index}`,
        url: 'http://127.0.0.1:9/mcp',
        auth_method: 'api_key',
        credentials: { api_key: `key-${index}` },
      });
      expect(made.status).toBe(201);
    }
    const failed: string[] = [];
    let requests = 0;
    let over = false;
    const check = (what: string, { status, text }: { status: number; text: string }) => {
      requests += 1;
      if (status >= 400) failed.push(`${what}: ${status} ${text.slice(0, 200)}`);
    };
    const signedIn = async (index: number) => {
      let { token, refreshToken } = await one.signIn(`load-${index}@example.com`);
      for (let round = index; !over; round += 1) {
        const { api } = both()[round % 2] ?? one;
        check('profile', await api('GET', '/api/v1/user/profile', { token }));
        check('servers', await api('GET', '/api/v1/servers', { token }));
        const refreshed = await api('POST', '/api/v1/auth/refresh', { body: { refresh_token: refreshToken } });
        check('refresh', refreshed);
        ({ access_token: token, refresh_token: refreshToken } = refreshed.body as Record<string, string> & {
          access_token: string;
          refresh_token: string;
        });
      }
    };
    const signingIn = async () => {
      for (let round = 0; !over; round += 1) {
        const email = `newcomer-${round}@example.com`;
        const [asked, verified] = round % 2 === 0 ? [one, other] : [other, one];
        check('code', await asked.api('POST', '/api/v1/auth/otp/request', { body: { email } }));
        const code = await one.mailbox.codeFor(email);
        check('sign-in', await verified.api('POST', '/api/v1/auth/otp/verify', { body: { email, code } }));
      }
    };
    const load = Promise.all([signedIn(0), signedIn(1), signedIn(2), signingIn()]);
    for (let rotation = 0; rotation < ROTATIONS; rotation += 1) {
      const before = requests;
      await rotate();
      await care();
      // Each key sees some load.
      await eventually(
        () => requests - before,
        (since) => since >= 8,
      );
    }
    over = true;
    await load;
    expect(failed.slice(0, 5)).toEqual([]);
    expect(requests).toBeGreaterThan(ROTATIONS * 8);

    await care();
    const rows = await one
      .get(Database)
      .sql<Pick<McpServer, 'id' | 'organizationId' | 'credentials' | 'name'>>(
        'select id, name, organization_id as "organizationId", credentials from servers order by created_at, id',
      );
    expect(rows).toHaveLength(SERVERS);
    expect(rows.filter(({ credentials }) => !credentials?.startsWith(`v${ROTATIONS + 1}:`))).toEqual([]);
    const opened = rows.map((row) => Object.values(other.get(ServerCredentials).headersOf(row)));
    expect(opened.flat()).toEqual(rows.map(({ name }) => `Bearer key-${name.replace('Server ', '')}`));
  }, 120_000);

  it('are gone once nothing needs them, and count no more', async () => {
    const keyring = one.get(Keyring);
    const oldKey = keyring.active('access-tokens').key;
    const decoded = jsonwebtoken.decode((await one.signIn(person.email)).token, { complete: true });
    const { header, payload } = decoded as { header: { kid: string }; payload: { exp: number } };
    const exp = payload.exp + 100_000;
    const longLived = jsonwebtoken.sign({ ...payload, exp }, oldKey, { keyid: header.kid });
    const status = async ({ api }: TestApp) => (await api('GET', '/api/v1/user/profile', { token: longLived })).status;

    await rotate();
    for (const app of both()) expect(await status(app)).toBe(200);
    // The longest life of an access token, that of the Platform API, and a minute for clocks that differ.
    forward(86_400 + 61);
    for (const app of both()) expect(await status(app)).toBe(401);

    forward(7 * 86_400);
    await care();
    forward(700);
    await care();
    const left = await one.get(Database).sql<{ purpose: string; version: number }>('select purpose, version from keys');
    const versions = new Set(left.map(({ purpose, version }) => `${purpose} ${version}`));
    expect(versions.size).toBe(KEY_PURPOSES.length);
    expect(new Set(left.map(({ version }) => version))).toEqual(new Set([ROTATIONS + 2]));
  });

  it('are made anew by themselves when they are old', async () => {
    forward(91 * 86_400);
    expect(await care()).toMatchObject({ rotated: ['data', 'signing', 'codes'] });
    expect(await care()).toBeUndefined();
  });
});

describe('a rotation of the key of stored secrets', () => {
  it('leaves both secrets of a webhook and the key that signs files as they were', async () => {
    const [app, receiver] = [await startTestApp(), await startWebhookReceiver()];
    const person = await app.signIn();
    const { id, secret } = await makeHook(person, receiver.url);
    const overlap = { overlap_seconds: 604_800 };
    const { body: rotated } = await person.call<Hook>('POST', `/webhooks/${id}/rotate-secret`, overlap);
    const { body: file } = await app.api('GET', '/api/export/servers', { token: person.token });
    const versions = async () => {
      const rows = await app.get(Database).sql<{ version: string }>(
        `select split_part(value, ':', 1) as version from (
           select secret as value from webhooks union all select previous_secret from webhooks
           union all select private_key from export_keys) as sealed`,
      );
      return rows.map(({ version }) => version);
    };
    expect(await versions()).toEqual(['v1', 'v1', 'v1']);
    await app.get(KeyRotation).rotate(['data']);
    app.clock.forward(LEAD_SECONDS);
    await app.get(KeyCare).run(AbortSignal.timeout(20_000));
    expect(await versions()).toEqual(['v2', 'v2', 'v2']);

    await person.call('POST', `/webhooks/${id}/test`);
    const [told] = await eventually(
      () => receiver.received,
      ({ length }) => length > 0,
    );
    if (!told) throw new Error('Nothing was told.');
    for (const known of [secret, rotated.secret]) {
      const headers = told.headers as Record<string, string>;
      expect(new Webhook(known).verify(told.body, headers)).toMatchObject({ type: 'webhook.test' });
    }
    const again = await app.api('GET', '/api/export/servers', { token: person.token });
    expect(again.body).toEqual(file);
    const dry = await app.api('POST', '/api/export/import?dry_run=true', { token: person.token, body: file });
    expect(dry.body).toMatchObject({ signature: { signer: 'own' } });
    await Promise.all([app.stop(), receiver.close()]);
  }, 60_000);
});

describe('another SECRET_KEY', () => {
  const former = 'the secret of the first start, long enough';
  const next = 'the secret of the second start, long enough';

  it('opens the keys that the former one protects when it is told, and is refused when not', async () => {
    const first = await startTestApp({ SECRET_KEY: former });
    const { token, email } = await first.signIn();
    const settings = { DATABASE_URL: first.databaseUrl };
    await expect(startTestApp({ ...settings, SECRET_KEY: next })).rejects.toMatchObject({ code: 'SECRET_KEY_UNKNOWN' });

    const second = await startTestApp({ ...settings, SECRET_KEY: next, SECRET_KEY_PREVIOUS: former });
    const profile = await second.api<{ user: { email: string } }>('GET', '/api/v1/user/profile', { token });
    expect(profile.text).toContain(email);
    await second.stop();

    // From now on the former one is not needed, and opens nothing.
    const third = await startTestApp({ ...settings, SECRET_KEY: next });
    expect((await third.api('GET', '/api/v1/user/profile', { token })).status).toBe(200);
    await third.stop();
    await expect(startTestApp({ ...settings, SECRET_KEY: former })).rejects.toMatchObject({
      code: 'SECRET_KEY_UNKNOWN',
    });
    await first.stop();
  }, 60_000);
});

test('an instance of before a key was thought of gets it at its next start, and all else counts on', async () => {
  const first = await startTestApp();
  const { token } = await first.signIn();
  await first.get(Database).sql(`delete from keys where purpose = 'task-ids'`);
  const second = await startTestApp({ DATABASE_URL: first.databaseUrl });
  const found = await first.get(Database).sql(`select version from keys where purpose = 'task-ids'`);
  expect(found).toEqual([{ version: 1 }]);
  const signatures = [first, second].map((app) => app.get(Keyring).sign('task-ids', 'text'));
  expect(new Set(signatures).size).toBe(1);
  expect((await second.api('GET', '/api/v1/user/profile', { token })).status).toBe(200);
  await second.stop();
  await first.stop();
}, 60_000);
