import { newApiKeyText } from '../../../src/core/identity/api-key-text.js';
import { IdentityService } from '../../../src/core/identity/identity.service.js';
import { IDENTITY_CHANGED } from '../../../src/core/identity/identity-changes.js';
import { Database } from '../../../src/platform/database/database.js';
import { Hints } from '../../../src/platform/hints/hints.js';
import { type Person, eventually, startTestApp, type TestApp } from '../../support/app.js';

interface Key {
  id: string;
  key: string;
  name: string;
  hint: string;
  scopes: string[];
  expires_at: string | null;
  last_used_at: string | null;
  last_used_ip: string | null;
}

const KEYS = '/user/api-keys';
const FROM = { ip: '127.0.0.1' };

describe('API keys', () => {
  let app: TestApp;
  let ada: Person;

  beforeAll(async () => {
    app = await startTestApp();
    ada = await app.signIn();
  });
  afterAll(() => app.stop());

  const make = async (person: Person, fields: Record<string, unknown> = {}): Promise<Key> => {
    const { status, text, body } = await person.call<{ api_key: Key }>('POST', KEYS, {
      name: 'A key',
      scopes: ['mcp:read'],
      ...fields,
    });
    expect([status, text]).toEqual([201, expect.any(String)]);
    return body.api_key;
  };
  const list = async (person: Person) => (await person.call<{ api_keys: Key[] }>('GET', KEYS)).body.api_keys;
  const ask = (key: string, path = '/servers') => app.api('GET', `/api/v1${path}`, { token: key });
  const sql = (text: string, values: unknown[] = []) => app.get(Database).sql(text, values);
  const setRole = async ({ user }: Person, role: string) => {
    await sql('update memberships set role = $2 where user_id = $1', [user.id, role]);
    app.get(Hints).publish(IDENTITY_CHANGED, { userId: user.id });
  };

  test('a key is told once, lets in, and is nowhere stored', async () => {
    const { key, ...told } = await make(ada, { name: '  Nightly  ' });
    expect(key).toMatch(/^mcp_sk_[0-9A-Za-z]{36}$/);
    expect(told).toMatchObject({ name: 'Nightly', hint: key.slice(-4), scopes: ['mcp:read'], expires_at: null });
    expect((await ask(key)).status).toBe(200);
    const [listed] = (await list(ada)).filter(({ id }) => id === told.id);
    expect({ ...listed, last_used_at: null, last_used_ip: null }).toEqual(told);
    const rows = await sql('select row_to_json(api_keys)::text as row from api_keys where id = $1', [told.id]);
    expect(JSON.stringify(rows)).not.toContain(key.slice(0, -4));
  });

  test('a key does what its scopes say, and never what takes a person', async () => {
    const { key } = await make(ada);
    const server = { name: 'By a key', url: 'https://example.com/mcp', auth_method: 'none' };
    expect(await app.api('POST', '/api/v1/servers', { token: key, body: server })).toMatchObject({
      status: 403,
      body: { code: 'SCOPE_MISSING', needed_scope: 'mcp:write' },
    });
    const writer = await make(ada, { scopes: ['mcp:write'] });
    expect((await app.api('POST', '/api/v1/servers', { token: writer.key, body: server })).status).toBe(201);
    const all = await make(ada, { scopes: ['mcp:read', 'mcp:write', 'mcp:execute', 'admin'] });
    for (const [method, path] of [
      ['GET', KEYS],
      ['POST', KEYS],
      ['GET', '/user/credentials'],
      ['PUT', '/user/profile'],
    ] as const) {
      const answer = await app.api(method, `/api/v1${path}`, {
        token: all.key,
        body: method === 'GET' ? undefined : {},
      });
      expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'SIGN_IN_NEEDED']);
    }
  });

  test('a key never exceeds its maker: neither when it is made nor when their role sinks', async () => {
    const bob = await app.signIn();
    const admin = await make(bob, { scopes: ['admin'] });
    const writer = await make(bob, { scopes: ['mcp:write'] });
    const body = { name: 'k', scopes: ['mcp:read', 'mcp:write', 'admin'] };
    await setRole(bob, 'developer');
    expect((await bob.call('POST', KEYS, body)).body).toMatchObject({ status: 403, scopes: ['admin'] });
    expect((await ask(admin.key)).status).toBe(200);
    await setRole(bob, 'viewer');
    expect((await bob.call('POST', KEYS, body)).body).toMatchObject({
      status: 403,
      code: 'SCOPE_NOT_ALLOWED',
      scopes: ['mcp:write', 'admin'],
    });
    const server = { name: 'Beyond', url: 'https://example.com/mcp', auth_method: 'none' };
    for (const { key } of [admin, writer]) {
      expect(await app.api('POST', '/api/v1/servers', { token: key, body: server })).toMatchObject({
        status: 403,
        body: { code: 'ROLE_TOO_LOW' },
      });
    }
  });

  test('who is removed while they make or rotate a key is left with none', async () => {
    const [leaver, other] = [await app.signIn(), await app.signIn()];
    const old = await make(other);
    const waiting = async () => {
      // Else a transaction sees each time what it saw first.
      await sql('select pg_stat_clear_snapshot()');
      return sql(`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`);
    };
    const database = app.get(Database);
    const asked = await database.transaction(async () => {
      await sql('delete from memberships where user_id = any($1)', [[leaver.user.id, other.user.id]]);
      const answers = [
        leaver.call('POST', KEYS, { name: 'Late', scopes: ['mcp:read'] }),
        other.call('POST', `${KEYS}/${old.id}/rotate`),
      ];
      await eventually(waiting, ({ length }) => length === answers.length);
      return answers;
    });
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([401, 404]);
    const made = await sql('select id from api_keys where user_id = any($1)', [[leaver.user.id, other.user.id]]);
    expect(made).toEqual([{ id: old.id }]);
  });

  test.each([
    [{ name: '' }, '/name'],
    [{ name: ' \t ' }, '/name'],
    [{ name: 'x'.repeat(101) }, '/name'],
    [{ name: 'a\u202eb' }, '/name'],
    [{ scopes: [] }, '/scopes'],
    [{ scopes: ['mcp:read', 'mcp:read'] }, '/scopes'],
    [{ scopes: ['mcp:all'] }, '/scopes/0'],
    [{ expires_in: 59 }, '/expires_in'],
    [{ expires_in: 5 * 365 * 86_400 + 1 }, '/expires_in'],
    [{ expires_in: 60.5 }, '/expires_in'],
    [{ key: 'mine' }, '/key'],
  ])('%j is refused and says where', async (fields, path) => {
    const answer = await ada.call('POST', KEYS, { name: 'A key', scopes: ['mcp:read'], ...fields });
    expect(answer).toMatchObject({ status: 400, body: { errors: [expect.objectContaining({ path })] } });
  });

  test('what cannot be a key is refused without a question to the database', async () => {
    const statements: string[] = [];
    const database = app.get(Database);
    const spy = jest.spyOn(database, 'sql');
    spy.mockImplementation(function (this: Database, text, ...rest) {
      statements.push(text);
      return Database.prototype.sql.call(database, text, ...rest);
    });
    const asked = () => statements.filter((text) => text.includes('from api_keys')).length;
    try {
      const good = newApiKeyText();
      const misspelled = good.slice(0, -1) + (good.endsWith('x') ? 'y' : 'x');
      for (const key of [misspelled, `${good}0`, 'mcp_sk_', good.slice(0, -1)]) {
        expect(await ask(key)).toMatchObject({ status: 401, body: { code: 'KEY_INVALID' } });
      }
      const pair = (keyId: string, secret: string) =>
        app.get(IdentityService).authenticate({ scheme: 'key_pair', keyId, secret }, FROM);
      await expect(pair('key_1', good)).rejects.toMatchObject({ code: 'KEY_INVALID' });
      expect(asked()).toBe(0);
      expect(await ask(good)).toMatchObject({ status: 401, body: { code: 'KEY_INVALID' } });
      expect(asked()).toBe(1);
    } finally {
      spy.mockRestore();
    }
  });

  test('the id and the secret of a pair must be of one key', async () => {
    const [one, other] = [await make(ada), await make(ada)];
    const pair = (keyId: string, secret: string) =>
      app.get(IdentityService).authenticate({ scheme: 'key_pair', keyId, secret }, FROM);
    await expect(pair(one.id, one.key)).resolves.toMatchObject({ credentialId: one.id, via: 'api_key' });
    await expect(pair(one.id, other.key)).rejects.toMatchObject({ kind: 'unauthenticated', code: 'KEY_INVALID' });
    const byKey = app.get(IdentityService).authenticate({ scheme: 'api_key', key: other.key }, FROM);
    await expect(byKey).resolves.toMatchObject({ credentialId: other.id, userId: ada.user.id });
  });

  test('a key that ends by itself is refused from then on, stays listed, and cannot be rotated', async () => {
    const eve = await app.signIn();
    const made = await make(eve, { expires_in: 60 });
    expect((await ask(made.key)).status).toBe(200);
    app.clock.forward(61);
    expect(await ask(made.key)).toMatchObject({ status: 401, body: { code: 'KEY_EXPIRED' } });
    expect((await list(eve)).map(({ id }) => id)).toContain(made.id);
    expect(await eve.call('POST', `${KEYS}/${made.id}/rotate`)).toMatchObject({
      status: 409,
      body: { code: 'KEY_ENDED' },
    });
    expect((await eve.call('DELETE', `${KEYS}/${made.id}`)).status).toBe(200);
  });

  test('a rotated key has a new secret, and the old one counts as long as was said', async () => {
    const old = await make(ada, { name: 'Rotated', scopes: ['mcp:read', 'mcp:write'] });
    const rotate = async (key: Key, body?: unknown) => {
      const answer = await ada.call<{ api_key: Key }>('POST', `${KEYS}/${key.id}/rotate`, body);
      expect(answer.status).toBe(201);
      return answer.body.api_key;
    };
    const next = await rotate(old, { overlap_seconds: 120 });
    expect(next).toMatchObject({ name: old.name, scopes: old.scopes, expires_at: null });
    expect(next.key).not.toBe(old.key);
    expect([(await ask(old.key)).status, (await ask(next.key)).status]).toEqual([200, 200]);
    app.clock.forward(121);
    expect([(await ask(old.key)).status, (await ask(next.key)).status]).toEqual([401, 200]);
    const last = await rotate(next);
    expect([(await ask(next.key)).status, (await ask(last.key)).status]).toEqual([401, 200]);
    expect((await ada.call('POST', `${KEYS}/${next.id}/rotate`)).status).toBe(404);
    const tooLong = await ada.call('POST', `${KEYS}/${last.id}/rotate`, { overlap_seconds: 604_801 });
    expect(tooLong.status).toBe(400);
  });

  test("a revoked key ends at once; somebody else's is as unknown as any other", async () => {
    const { id, key } = await make(ada);
    expect((await ask(key)).status).toBe(200);
    const bob = await app.signIn();
    const masked = async (keyId: string) => {
      const { status, body } = await bob.call('DELETE', `${KEYS}/${keyId}`);
      return { status, body: { ...body, request_id: '', instance: '' } };
    };
    const foreign = await masked(id);
    expect(foreign.status).toBe(404);
    for (const unknown of [`key_${'0'.repeat(32)}`, 'nonsense', '%00']) expect(await masked(unknown)).toEqual(foreign);
    expect((await ada.call('DELETE', `${KEYS}/${id}`)).body).toEqual({ status: 'revoked' });
    expect(await ask(key)).toMatchObject({ status: 401, body: { code: 'KEY_INVALID' } });
    expect((await list(ada)).map((listed) => listed.id)).not.toContain(id);
  });

  test('nobody makes more than a hundred keys, in parallel neither', async () => {
    const many = await app.signIn();
    const { id } = await make(many);
    await sql(
      `insert into api_keys (id, user_id, organization_id, name, hash, hint, scopes, created_at)
       select id || n, user_id, organization_id, name, hash || n, hint, scopes, created_at
       from api_keys, generate_series(1, 94) n where id = $1`,
      [id],
    );
    const made = await Promise.all(
      Array.from({ length: 10 }, () => many.call('POST', KEYS, { name: 'One of many', scopes: ['mcp:read'] })),
    );
    expect(made.filter(({ status }) => status === 201)).toHaveLength(5);
    expect(made.find(({ status }) => status !== 201)).toMatchObject({
      status: 409,
      body: { code: 'KEY_LIMIT_REACHED' },
    });
    const [first] = await list(many);
    expect((await many.call('POST', `${KEYS}/${first?.id}/rotate`)).status).toBe(201);
    expect((await many.call('POST', `${KEYS}/${first?.id}/rotate`, { overlap_seconds: 60 })).status).toBe(404);
    const [next] = await list(many);
    expect((await many.call('POST', `${KEYS}/${next?.id}/rotate`, { overlap_seconds: 60 })).status).toBe(409);
  });

  test('when and from where a key was used last is written soon, then at most once a minute', async () => {
    const bob = await app.signIn();
    const { id, key } = await make(bob);
    const used = async () => (await list(bob)).find((listed) => listed.id === id);
    await ask(key);
    const first = await eventually(used, (listed) => listed?.last_used_at !== null);
    expect(first?.last_used_ip).toBe('127.0.0.1');
    app.clock.forward(30);
    await ask(key);
    app.clock.forward(31);
    const second = await eventually(used, (listed) => listed?.last_used_at !== first?.last_used_at);
    const passed = Date.parse(second?.last_used_at ?? '') - Date.parse(first?.last_used_at ?? '');
    expect(Math.round(passed / 10_000)).toBe(3);
  });
});
