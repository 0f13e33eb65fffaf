import { IDENTITY_CHANGED } from '../../../src/core/identity/identity-changes.js';
import { Database } from '../../../src/platform/database/database.js';
import { Hints } from '../../../src/platform/hints/hints.js';
import { type Person, type ServerRow, startTestApp, type TestApp } from '../../support/app.js';
import { TRANSPORTS } from '../../support/session-clients.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../../support/upstreams/scripted-upstream.js';

interface Credential {
  id: string;
  kind: string;
  name: string | null;
  current: boolean;
  ip: string | null;
  last_ip: string | null;
  user_agent: string | null;
  device_fingerprint: string | null;
  last_used_at: string | null;
  scopes: string[] | null;
  organization: { id: string; name: string };
}

interface Key {
  id: string;
  key: string;
}

const CREDENTIALS = '/user/credentials';
const SIGN_IN_AGAIN = 4401;

describe('credentials', () => {
  let app: TestApp;
  let upstream: ScriptedUpstream;
  beforeAll(async () => {
    [app, upstream] = await Promise.all([startTestApp({ TRUST_PROXY: 'true' }), startScriptedUpstream()]);
  }, 30_000);
  afterAll(async () => {
    await app.stop();
    await upstream.close();
  });

  const list = async (person: Person) =>
    (await person.call<{ credentials: Credential[] }>('GET', CREDENTIALS)).body.credentials;
  const makeKey = async (person: Person, scopes = ['mcp:read']): Promise<Key> =>
    (await person.call<{ api_key: Key }>('POST', '/user/api-keys', { name: 'Night build', scopes })).body.api_key;
  const sql = (text: string, values: unknown[] = []) => app.get(Database).sql(text, values);

  describe('the page of one user', () => {
    test('lists every sign-in and key, the current one marked, and where each was used last', async () => {
      const phone = await app.signIn();
      const desk = await app.signIn(phone.email);
      const { id, key } = await makeKey(phone);
      const refresh = { body: { refresh_token: desk.refreshToken }, headers: { 'x-forwarded-for': '203.0.113.7' } };
      app.clock.forward(5);
      expect((await app.api('POST', '/api/v1/auth/refresh', refresh)).status).toBe(200);
      const credentials = await list(phone);
      expect(credentials).toHaveLength(3);
      expect(credentials[0]).toMatchObject({ kind: 'token_family', current: false, last_ip: '203.0.113.7' });
      expect(credentials.find(({ current }) => current)).toMatchObject({
        kind: 'token_family',
        ip: '127.0.0.1',
        last_ip: '127.0.0.1',
        user_agent: expect.any(String) as string,
        scopes: null,
      });
      expect(credentials.find(({ kind }) => kind === 'api_key')).toMatchObject({
        id,
        name: 'Night build',
        current: false,
        scopes: ['mcp:read'],
        last_used_at: null,
      });
      expect(JSON.stringify(credentials)).not.toContain(key);
    });

    test('ends one of them, and knows none of anybody else', async () => {
      const [ada, bob] = [await app.signIn(), await app.signIn()];
      const key = await makeKey(ada);
      const [mine] = (await list(ada)).filter(({ current }) => current);
      const masked = async (id: string) => {
        const { status, body } = await bob.call('DELETE', `${CREDENTIALS}/${id}`);
        return { status, body: { ...body, request_id: '', instance: '' } };
      };
      const unknown = await masked('fam_unknown');
      expect(unknown.status).toBe(404);
      for (const id of [key.id, mine?.id ?? '', `fam_${'0'.repeat(32)}`]) expect(await masked(id)).toEqual(unknown);
      const ask = async () => (await app.api('GET', '/api/v1/servers', { token: key.key })).status;
      expect(await ask()).toBe(200);
      expect((await ada.call('DELETE', `${CREDENTIALS}/${key.id}`)).body).toEqual({ status: 'revoked' });
      expect(await ask()).toBe(401);
      expect((await ada.call('DELETE', `${CREDENTIALS}/${key.id}`)).status).toBe(404);
      expect((await ada.call('DELETE', `${CREDENTIALS}/${mine?.id}`)).status).toBe(200);
      expect((await ada.call('GET', CREDENTIALS)).status).toBe(401);
    });

    test('ends all but the one that asks, keys too unless they are spared, and says how many', async () => {
      const here = await app.signIn();
      const others = [await app.signIn(here.email), await app.signIn(here.email)];
      const key = await makeKey(here);
      const revokeAll = (body?: unknown) => here.call('POST', `${CREDENTIALS}/revoke-all`, body);
      expect((await revokeAll({ include_keys: false })).body).toEqual({ revoked: 2 });
      for (const other of others) {
        expect((await other.call('GET', CREDENTIALS)).status).toBe(401);
        const refresh = { body: { refresh_token: other.refreshToken } };
        expect((await app.api('POST', '/api/v1/auth/refresh', refresh)).status).toBe(401);
      }
      expect((await list(here)).map(({ id, current }) => [id === key.id, current])).toEqual([
        [true, false],
        [false, true],
      ]);
      expect((await revokeAll()).body).toEqual({ revoked: 1 });
      expect((await revokeAll({ include_everything: true })).status).toBe(400);
      expect((await revokeAll({ include_current: true })).body).toEqual({ revoked: 1 });
      expect((await here.call('GET', CREDENTIALS)).status).toBe(401);
    });

    test('what was ended stands in the activity of the organization, with its name', async () => {
      const ada = await app.signIn();
      const key = await makeKey(ada);
      const rotated = await ada.call<{ api_key: Key }>('POST', `/user/api-keys/${key.id}/rotate`);
      await ada.call('DELETE', `/user/api-keys/${rotated.body.api_key.id}`);
      const { body } = await ada.call<{ activity: { action: string; subject: unknown }[] }>('GET', '/activity');
      const told = body.activity.filter(({ action }) => action.startsWith('key.'));
      expect(told.map(({ action }) => action)).toEqual(['key.revoked', 'key.rotated', 'key.created']);
      expect(told[0]?.subject).toEqual({ kind: 'key', id: rotated.body.api_key.id, name: 'Night build' });
    });
  });

  /** All by which one person listens: sockets over each transport, and a stream of events. */
  async function listen(server: ServerRow, token: string) {
    const clients = TRANSPORTS.map((transport) => transport.connect(app.url, { serverId: server.id, token }));
    const [hello] = await Promise.all(clients.map((client) => client.next('hello')));
    await Promise.all(clients.map((client) => client.seen('session_snapshot')));
    const events = `${app.url}/api/v1/sessions/${hello?.session_id}/events`;
    const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' };
    const stream = await fetch(events, { headers, signal: AbortSignal.timeout(20_000) });
    expect(stream.status).toBe(200);
    const read = stream.text();
    return {
      ended: async () => {
        const codes = await Promise.all(clients.map(({ closed }) => closed));
        await read;
        return codes;
      },
      asks: async () => (await app.api('GET', `/api/v1/servers/${server.id}`, { token })).status,
    };
  }

  describe('the end of one reaches every socket and stream that it opened', () => {
    let owner: Person;
    let server: ServerRow;
    beforeAll(async () => {
      owner = await app.signIn();
      server = await app.addServer(owner, upstream.url);
    });

    test('when a key is revoked, rotated, ended with all others, or ends by itself', async () => {
      const keys = await Promise.all(Array.from({ length: 4 }, () => makeKey(owner, ['mcp:read', 'mcp:execute'])));
      const [revoked, rotated, expired, left] = keys as [Key, Key, Key, Key];
      const guests = await Promise.all(keys.map(({ key }) => listen(server, key)));
      const stays = await listen(server, owner.token);
      await owner.call('DELETE', `/user/api-keys/${revoked.id}`);
      await owner.call('POST', `/user/api-keys/${rotated.id}/rotate`);
      await owner.call('POST', `/user/api-keys/${expired.id}/rotate`, { overlap_seconds: 60 });
      expect(await Promise.all(guests.map(({ asks }) => asks()))).toEqual([401, 401, 200, 200]);
      app.clock.forward(61);
      const [, , third] = guests;
      expect(await third?.ended()).toEqual([SIGN_IN_AGAIN, SIGN_IN_AGAIN]);
      expect(await guests[3]?.asks()).toBe(200);
      await owner.call('DELETE', `${CREDENTIALS}/${left.id}`);
      for (const { ended, asks } of guests) {
        expect(await ended()).toEqual([SIGN_IN_AGAIN, SIGN_IN_AGAIN]);
        expect(await asks()).toBe(401);
      }
      expect(await stays.asks()).toBe(200);
      await owner.call('POST', `${CREDENTIALS}/revoke-all`, { include_current: true });
      expect(await stays.ended()).toEqual([SIGN_IN_AGAIN, SIGN_IN_AGAIN]);
    }, 30_000);

    test('when a key ends by itself, which is said', async () => {
      const person = await app.signIn();
      const own = await app.addServer(person, upstream.url);
      const body = { name: 'A minute', scopes: ['mcp:read', 'mcp:execute'], expires_in: 60 };
      const { key: token } = (await person.call<{ api_key: Key }>('POST', '/user/api-keys', body)).body.api_key;
      const clients = TRANSPORTS.map(({ connect }) => connect(app.url, { serverId: own.id, token }));
      await Promise.all(clients.map((client) => client.seen('session_snapshot')));
      app.clock.forward(61);
      for (const client of clients) {
        expect(await client.closed).toBe(SIGN_IN_AGAIN);
        expect(client.frames.find(({ type }) => type === 'error')?.payload.code).toBe('KEY_EXPIRED');
      }
    });

    test('when a role changes, and, though the hint was lost, when the member is removed', async () => {
      const member = await app.signIn();
      const own = await app.addServer(member, upstream.url);
      const { key } = await makeKey(member);
      const before = [await listen(own, member.token), await listen(own, key)];
      await sql(`update memberships set role = 'developer' where user_id = $1`, [member.user.id]);
      app.get(Hints).publish(IDENTITY_CHANGED, { userId: member.user.id });
      for (const { ended, asks } of before) {
        expect(await ended()).toEqual([SIGN_IN_AGAIN, SIGN_IN_AGAIN]);
        expect(await asks()).toBe(200);
      }
      const after = [await listen(own, member.token), await listen(own, key)];
      await sql('delete from memberships where user_id = $1', [member.user.id]);
      for (const { ended, asks } of after) {
        expect(await ended()).toEqual([SIGN_IN_AGAIN, SIGN_IN_AGAIN]);
        expect(await asks()).toBe(401);
      }
    }, 30_000);
  });
});
