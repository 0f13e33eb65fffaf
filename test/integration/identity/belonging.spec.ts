import { Database } from '../../../src/platform/database/database.js';
import { newId } from '../../../src/platform/ids.js';
import { type Person, type ServerRow, startTestApp, type TestApp } from '../../support/app.js';
import { codeOf, currentId, listOrganizations, Organizations } from '../../support/organizations.js';
import { TRANSPORTS } from '../../support/session-clients.js';

let app: TestApp;
let organizations: Organizations;
/** Owner, and a developer of the same organization. */
let ada: Person;
let bob: Person;
let adas: ServerRow;
let bobs: ServerRow;

beforeAll(async () => {
  app = await startTestApp();
  organizations = new Organizations(app);
  ada = await app.signIn();
  bob = await organizations.join(ada, 'developer');
  [adas, bobs] = [await addServer(ada, 'Of Ada'), await addServer(bob, 'Of Bob')];
});
afterAll(() => app.stop());

const addServer = async (person: Person, name: string): Promise<ServerRow> => {
  const fields = { name, url: 'http://127.0.0.1:9/mcp', auth_method: 'none' };
  return (await person.call<ServerRow>('POST', '/servers', fields)).body;
};

const newSession = async (person: Person, server: ServerRow): Promise<string> =>
  (await person.call<{ id: string }>('POST', '/sessions', { server_id: server.id })).body.id;

/** As a tool would have left it. */
const newArtifact = async (person: Person, sessionId: string): Promise<string> => {
  const id = newId('art');
  await app.get(Database).sql(
    `insert into artifacts (id, organization_id, user_id, session_id, name, content_type, size, sha256, created_at)
     values ($1, $2, $3, $4, 'a.txt', 'text/plain', 1, $5, now())`,
    [id, await currentId(person), person.user.id, sessionId, '0'.repeat(64)],
  );
  return id;
};

const namesOf = async (person: Person) =>
  (await person.call<{ servers: ServerRow[] }>('GET', '/servers')).body.servers.map(({ name }) => name);
const sessionsOf = async (person: Person) =>
  (await person.call<{ sessions: { id: string }[] }>('GET', '/sessions')).body.sessions.map(({ id }) => id);

test('servers and usage are the organization’s, sessions and files each user’s own', async () => {
  for (const person of [ada, bob]) expect(await namesOf(person)).toEqual(['Of Ada', 'Of Bob']);
  const [hers, his] = [await newSession(ada, bobs), await newSession(bob, adas)];
  expect([await sessionsOf(ada), await sessionsOf(bob)]).toEqual([[hers], [his]]);
  const file = await newArtifact(bob, his);
  const link = (person: Person, id: string) => person.call('POST', `/artifacts/${id}/link`);
  expect((await link(bob, file)).status).toBe(201);

  const unknown = [`session_${'0'.repeat(32)}`, `art_${'0'.repeat(32)}`] as const;
  for (const [method, path] of [
    ['GET', '/sessions/{}'],
    ['GET', '/sessions/{}/events'],
    ['GET', '/sessions/{}/export'],
    ['POST', '/sessions/{}/fork'],
  ] as const) {
    const ask = (id: string) => ada.call(method, path.replace('{}', id), method === 'POST' ? {} : undefined);
    for (const id of [his, unknown[0]]) expect(codeOf(await ask(id))).toEqual([404, 'SESSION_NOT_FOUND']);
  }
  expect(codeOf(await link(ada, file))).toEqual(codeOf(await link(ada, unknown[1])));
  expect((await link(ada, file)).status).toBe(404);
  const usage = await Promise.all([ada, bob].map((person) => person.call('GET', '/usage')));
  expect(usage[0]?.body).toEqual(usage[1]?.body);
});

test('whoever belongs to two organizations sees in each what is there, and nothing of the other', async () => {
  const carol = await organizations.join(ada, 'developer');
  const there = await newSession(carol, adas);
  const own = (await listOrganizations(carol)).find(({ role }) => role === 'owner')?.id ?? '';
  const shared = await currentId(carol);

  const home = await organizations.moveTo(carol, own);
  expect([await namesOf(home), await sessionsOf(home)]).toEqual([[], []]);
  const unknown = `mcp_${'0'.repeat(32)}`;
  for (const [method, path, body] of [
    ['GET', '/servers/{}', undefined],
    ['PUT', '/servers/{}', { timeout: 7 }],
    ['DELETE', '/servers/{}', undefined],
    ['GET', '/servers/{}/tools', undefined],
    ['POST', '/servers/{}/check', undefined],
  ] as const) {
    for (const id of [adas.id, unknown]) {
      expect(codeOf(await home.call(method, path.replace('{}', id), body))).toEqual([404, 'SERVER_NOT_FOUND']);
    }
  }
  expect((await home.call('POST', '/sessions', { server_id: adas.id })).status).toBe(404);
  expect((await home.call('GET', `/sessions/${there}`)).status).toBe(404);

  const back = await organizations.moveTo(home, shared);
  expect([await namesOf(back), await sessionsOf(back)]).toEqual([['Of Ada', 'Of Bob'], [there]]);
});

test('what a member made stays when they are removed, and is theirs again when they come back', async () => {
  const dan = await organizations.join(ada, 'developer');
  const server = await addServer(dan, 'Of Dan');
  const session = await newSession(dan, server);
  await ada.call('DELETE', `/organization/members/${dan.user.id}`);
  expect(await namesOf(ada)).toContain('Of Dan');
  const again = await app.signIn(dan.email);
  expect([await namesOf(again), await sessionsOf(again)]).toEqual([[], []]);

  const { body } = await ada.call<{ id: string }>('POST', '/organization/invitations', {
    email: dan.email,
    role: 'viewer',
  });
  await again.call('POST', `/invitations/${body.id}/accept`);
  const returned = await organizations.moveTo(again, await currentId(ada));
  expect(await sessionsOf(returned)).toEqual([session]);
  expect((await returned.call('DELETE', `/servers/${server.id}`)).status).toBe(403);
  expect((await ada.call('DELETE', `/servers/${server.id}`)).status).toBe(200);
});

test.each(TRANSPORTS)('another role, a switch and a removal close what is open, over $name', async (transport) => {
  const open = async (person: Person) => {
    const client = transport.connect(app.url, { serverId: adas.id, token: person.token });
    await client.next('session_snapshot');
    return client;
  };
  const eve = await organizations.join(ada, 'developer');
  const member = `/organization/members/${eve.user.id}`;
  const first = await open(eve);
  expect((await ada.call('PATCH', member, { role: 'viewer' })).status).toBe(200);
  expect(await first.closed).toBe(4401);

  const second = await open(eve);
  const moved = await organizations.moveTo(eve, await currentId(ada));
  const third = await open(moved);
  expect((await ada.call('DELETE', member)).status).toBe(200);
  expect([await second.closed, await third.closed]).toEqual([4401, 4401]);
});
