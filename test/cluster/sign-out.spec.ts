import { Database } from '../../src/platform/database/database.js';
import { type Person, type ServerRow, startTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase, toUrl } from '../support/chaos/database-url.js';
import { startRedis, type TestRedis } from '../support/cluster/test-redis.js';
import { type SessionClient, TRANSPORTS } from '../support/session-clients.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/upstreams/scripted-upstream.js';

const SIGN_IN_AGAIN = 4401;
const NO_SUCH_SERVER = 4404;
/** Five seconds are promised; a busy machine may add to them. */
const WITHIN_MS = 9_000;

describe('what one process ends, ends in the other', () => {
  let redis: TestRedis;
  let database: TestDatabase;
  let upstream: ScriptedUpstream;
  let here: TestApp;
  let there: TestApp;

  beforeAll(async () => {
    [redis, database, upstream] = await Promise.all([startRedis(), createTestDatabase(), startScriptedUpstream()]);
    const settings = { ...redis.settings, DATABASE_URL: toUrl(database.connection) };
    here = await startTestApp({ ...settings, ROLE: 'all' });
    there = await startTestApp({ ...settings, ROLE: 'api' });
  }, 60_000);
  afterAll(async () => {
    await Promise.all([here.stop(), there.stop()]);
    await Promise.all([redis.end(), upstream.close()]);
    await database.drop();
  }, 30_000);

  interface Guest {
    person: Person;
    server: ServerRow;
    clients: SessionClient[];
    /** Status of a request with the person's token, at the other process. */
    asks: () => Promise<number>;
    /** When the other process ended the stream of events. */
    streamEnd: Promise<unknown>;
  }

  /** Signed in here, with sockets and a stream of events there. */
  async function welcome(): Promise<Guest> {
    const person = await here.signIn();
    return follow(person, await here.addServer(person, upstream.url), person.token);
  }

  async function follow(person: Person, server: ServerRow, token: string): Promise<Guest> {
    const clients = TRANSPORTS.map((transport) => transport.connect(there.url, { serverId: server.id, token }));
    const [hello] = await Promise.all(clients.map((client) => client.next('hello')));
    await Promise.all(clients.map((client) => client.seen('session_snapshot')));
    const stream = await fetch(`${there.url}/api/v1/sessions/${hello?.session_id}/events`, {
      headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
      signal: AbortSignal.timeout(30_000),
    });
    expect(stream.status).toBe(200);
    const asks = async () => (await there.api('GET', `/api/v1/servers/${server.id}`, { token })).status;
    expect(await asks()).toBe(200);
    return { person, server, clients, asks, streamEnd: stream.text() };
  }

  const signOut = ({ person }: Guest) =>
    here.api('POST', '/api/v1/auth/logout', { body: { refresh_token: person.refreshToken } });

  async function timed(work: Promise<unknown>): Promise<number> {
    const startedAt = performance.now();
    await work;
    return performance.now() - startedAt;
  }

  const closeCodes = ({ clients }: Guest) => Promise.all(clients.map(({ closed }) => closed));

  it('at once, by a hint: sockets, streams and tokens of a sign-in that ended', async () => {
    const guest = await welcome();
    expect((await signOut(guest)).status).toBe(200);
    expect(await closeCodes(guest)).toEqual([SIGN_IN_AGAIN, SIGN_IN_AGAIN]);
    expect(await guest.asks()).toBe(401);
    expect(await timed(guest.streamEnd)).toBeLessThan(WITHIN_MS);
  }, 30_000);

  /** Another organization's member, who works in that of the owner now. */
  async function join(owner: Person, server: ServerRow): Promise<Guest> {
    const member = await here.signIn();
    const [own] = (await owner.call<{ organizations: { id: string }[] }>('GET', '/organizations')).body.organizations;
    const insert = `insert into memberships (organization_id, user_id, role, created_at) values ($1, $2, 'developer', now())`;
    await here.get(Database).sql(insert, [own?.id, member.user.id]);
    const switched = await member.call<{ access_token: string }>('POST', `/organizations/${own?.id}/switch`);
    return follow(member, server, switched.body.access_token);
  }

  it('at once, by a hint: sockets and streams of a key that was revoked, of another role, of a removed member', async () => {
    const owner = await here.signIn();
    const server = await here.addServer(owner, upstream.url);
    const made = await owner.call<{ api_key: { id: string; key: string } }>('POST', '/user/api-keys', {
      name: 'For the other process',
      scopes: ['mcp:read', 'mcp:execute'],
    });
    const { id, key } = made.body.api_key;
    const [program, demoted, removed] = [
      await follow(owner, server, key),
      await join(owner, server),
      await join(owner, server),
    ];
    expect((await owner.call('DELETE', `/user/api-keys/${id}`)).status).toBe(200);
    const members = '/organization/members';
    expect((await owner.call('PATCH', `${members}/${demoted.person.user.id}`, { role: 'viewer' })).status).toBe(200);
    expect((await owner.call('DELETE', `${members}/${removed.person.user.id}`)).status).toBe(200);
    for (const guest of [program, demoted, removed]) {
      expect(await closeCodes(guest)).toEqual([SIGN_IN_AGAIN, SIGN_IN_AGAIN]);
      expect(await timed(guest.streamEnd)).toBeLessThan(WITHIN_MS);
    }
    expect(await Promise.all([program, demoted, removed].map(({ asks }) => asks()))).toEqual([401, 200, 401]);
  }, 30_000);

  it('at once, by a hint: sockets on a server that was removed', async () => {
    const guest = await welcome();
    await guest.person.call('DELETE', `/servers/${guest.server.id}`);
    expect(await closeCodes(guest)).toEqual([NO_SUCH_SERVER, NO_SUCH_SERVER]);
    expect(await guest.asks()).toBe(404);
  }, 30_000);

  it('within seconds when the hint was lost', async () => {
    const [leaver, owner] = [await welcome(), await welcome()];
    await redis.kill();
    expect((await signOut(leaver)).status).toBe(200);
    await owner.person.call('DELETE', `/servers/${owner.server.id}`);
    const took = await Promise.all([
      timed(closeCodes(leaver).then((codes) => expect(codes).toEqual([SIGN_IN_AGAIN, SIGN_IN_AGAIN]))),
      timed(closeCodes(owner).then((codes) => expect(codes).toEqual([NO_SUCH_SERVER, NO_SUCH_SERVER]))),
      timed(leaver.streamEnd),
    ]);
    process.stdout.write(`${JSON.stringify({ chaos: 'lost revocation', tookMs: took.map(Math.round) })}\n`);
    for (const ms of took) expect(ms).toBeLessThan(WITHIN_MS);
    expect(await leaver.asks()).toBe(401);
    await redis.startAgain();
  }, 30_000);
});
