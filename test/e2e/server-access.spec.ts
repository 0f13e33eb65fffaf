import { IDENTITY_CHANGED } from '../../src/core/identity/identity-changes.js';
import { Database } from '../../src/platform/database/database.js';
import { Hints } from '../../src/platform/hints/hints.js';
import type { Person } from '../support/app.js';
import { TRANSPORTS, type Transport } from '../support/session-clients.js';
import { becomes, isError, propose, proposeOne, type Scene, settled, startScene } from './support/scene.js';

type Role = 'owner' | 'admin' | 'developer' | 'viewer';
interface AccessList {
  access: string;
  level: string;
  grants: { user_id: string; username: string; email: string; role: string; level: string }[];
}
interface Listed {
  servers: { id: string; level: string }[];
}

const raw = TRANSPORTS[0] as Transport;

let scene: Scene;
let owner: Person;
beforeAll(async () => {
  scene = await startScene();
  owner = scene.person;
});
afterAll(() => scene.stop());

const sql = (text: string, values: unknown[]) => scene.app.get(Database).sql(text, values);

/** Somebody of the owner's organization. */
async function colleague(role: Role): Promise<Person> {
  const { email, user } = await scene.app.signIn();
  await sql(
    `insert into memberships (organization_id, user_id, role, created_at)
     select organization_id, $2, $3, now() from memberships where user_id = $1 limit 1`,
    [owner.user.id, user.id, role],
  );
  await sql(
    `update users set last_organization_id = (select organization_id from memberships where user_id = $1 limit 1)
     where id = $2`,
    [owner.user.id, user.id],
  );
  return scene.app.signIn(email);
}

async function setRole({ user }: Person, role: Role): Promise<void> {
  await sql(
    `update memberships set role = $3 where user_id = $2
       and organization_id = (select organization_id from memberships where user_id = $1 limit 1)`,
    [owner.user.id, user.id, role],
  );
  scene.app.get(Hints).publish(IDENTITY_CHANGED, { userId: user.id });
}

const newServer = (person: Person = owner) => scene.app.addServer(person, scene.upstream.url);
const setAccess = async (id: string, change: object, by: Person = owner) =>
  by.call<AccessList & { code: string }>('PUT', `/servers/${id}/access`, change);
const grant = (person: Person, level: string) => ({ user_id: person.user.id, level });
const levelOf = async (person: Person, id: string) => {
  const { status, body } = await person.call<{ level: string }>('GET', `/servers/${id}`);
  return status === 200 ? body.level : status;
};

describe('what one may do with a server', () => {
  test('comes from the role, from having made it, from a grant and from its access', async () => {
    const server = await newServer();
    const people = {
      admin: await colleague('admin'),
      developer: await colleague('developer'),
      viewer: await colleague('viewer'),
    };
    const levels = async () => ({
      owner: await levelOf(owner, server.id),
      admin: await levelOf(people.admin, server.id),
      developer: await levelOf(people.developer, server.id),
      viewer: await levelOf(people.viewer, server.id),
    });
    expect(await levels()).toEqual({ owner: 'manage', admin: 'manage', developer: 'use', viewer: 'see' });

    await setAccess(server.id, { access: 'restricted' });
    expect(await levels()).toEqual({ owner: 'manage', admin: 'manage', developer: 404, viewer: 404 });

    await setAccess(server.id, { grants: [grant(people.developer, 'manage'), grant(people.viewer, 'manage')] });
    expect(await levels()).toEqual({ owner: 'manage', admin: 'manage', developer: 'manage', viewer: 'see' });

    await setAccess(server.id, { access: 'organization', grants: [grant(people.developer, 'see')] });
    expect(await levels()).toEqual({ owner: 'manage', admin: 'manage', developer: 'see', viewer: 'see' });

    const made = await newServer(people.developer);
    await setAccess(made.id, { access: 'restricted' }, people.developer);
    expect(await levelOf(people.developer, made.id)).toBe('manage');
    await setRole(people.developer, 'viewer');
    expect(await levelOf(people.developer, made.id)).toBe(404);
  });

  test('is told to who manages it with all names, and to others for themselves', async () => {
    const [server, developer, viewer] = [await newServer(), await colleague('developer'), await colleague('viewer')];
    const grants = [grant(developer, 'use'), grant(viewer, 'see')];
    const changed = await setAccess(server.id, { access: 'restricted', grants });
    const told = (person: Person, role: Role, level: string) => ({
      user_id: person.user.id,
      username: person.user.username,
      email: person.email,
      role,
      level,
    });
    const all = [told(developer, 'developer', 'use'), told(viewer, 'viewer', 'see')];
    expect(changed).toMatchObject({ status: 200, body: { access: 'restricted', level: 'manage' } });
    expect(new Set(changed.body.grants)).toEqual(new Set(all));
    const { body } = await developer.call<AccessList>('GET', `/servers/${server.id}/access`);
    expect(body).toEqual({ access: 'restricted', level: 'use', grants: all.slice(0, 1) });
    const { body: log } = await owner.call<{ activity: object[] }>('GET', '/activity?action=server.access_changed');
    expect(log.activity[0]).toMatchObject({ subject: { kind: 'server', id: server.id }, actor: { id: owner.user.id } });
  });

  test('is 404 for what one does not see, 403 for what one sees, on every route', async () => {
    const [hidden, seen] = [await newServer(), await newServer()];
    const developer = await colleague('developer');
    await setAccess(hidden.id, { access: 'restricted' });
    await setAccess(seen.id, { grants: [grant(developer, 'see')] });
    const routes: [string, string, object?][] = [
      ['PUT', '', { timeout: 20 }],
      ['DELETE', ''],
      ['POST', '/check'],
      ['PUT', '/access', { access: 'organization' }],
    ];
    for (const [method, path, body] of routes) {
      const refused = await developer.call(method, `/servers/${seen.id}${path}`, body);
      expect([path, refused.status, refused.body.code]).toEqual([path, 403, 'SERVER_ACCESS_TOO_LOW']);
    }
    for (const [method, path, body] of [
      ...routes,
      ['GET', ''],
      ['GET', '/status'],
      ['GET', '/tools'],
      ['GET', '/access'],
    ] as typeof routes) {
      const refused = await developer.call(method, `/servers/${hidden.id}${path}`, body);
      expect([path, refused.status, refused.body.code]).toEqual([path, 404, 'SERVER_NOT_FOUND']);
    }
    for (const path of ['', '/status', '/tools']) {
      expect((await developer.call('GET', `/servers/${seen.id}${path}`)).status).toBe(200);
    }
    expect((await developer.call('POST', '/sessions', { server_id: seen.id })).status).toBe(403);
    expect((await developer.call('POST', '/sessions', { server_id: hidden.id })).status).toBe(404);
    expect((await developer.call('POST', '/ws/tickets', { server_id: hidden.id })).status).toBe(404);
    const listed = (await developer.call<Listed>('GET', '/servers')).body.servers;
    expect(listed.find(({ id }) => id === seen.id)?.level).toBe('see');
    expect(listed.some(({ id }) => id === hidden.id)).toBe(false);
  });

  test('is granted to members only, once each, and not to who left and came back', async () => {
    const [server, developer, stranger] = [await newServer(), await colleague('developer'), await scene.app.signIn()];
    const unknown = { user_id: `user_${'0'.repeat(32)}`, level: 'use' };
    for (const grants of [[grant(stranger, 'use')], [unknown], [grant(developer, 'use'), grant(developer, 'see')]]) {
      expect(await setAccess(server.id, { grants })).toMatchObject({ status: 400, body: { code: 'VALIDATION_ERROR' } });
    }
    expect((await setAccess(server.id, { grants: [{ ...unknown, more: true }] })).status).toBe(400);
    expect((await setAccess(server.id, { access: 'restricted', grants: [grant(developer, 'manage')] })).status).toBe(
      200,
    );
    expect((await setAccess(server.id, { access: 'restricted' }, stranger)).status).toBe(404);
    await sql("update memberships set created_at = now() + interval '1 second' where user_id = $1", [
      developer.user.id,
    ]);
    expect(await levelOf(developer, server.id)).toBe(404);
  });
});

test('who loses sight of a server loses its sockets within five seconds, though the hint was lost', async () => {
  const [server, developer] = [await newServer(), await colleague('developer')];
  const session = await scene.newSession(server, developer);
  const client = await scene.join(raw, { serverId: server.id, token: developer.token, session });
  await sql(`update servers set access = 'restricted' where id = $1`, [server.id]);
  const late = new Promise((resolve) => setTimeout(resolve, 5_000, 'late').unref());
  expect(await Promise.race([client.closed, late])).toBe(4404);
});

describe.each(TRANSPORTS)('over $name', (transport) => {
  const connect = (person: Person, serverId: string, session?: string) =>
    transport.connect(scene.app.url, { serverId, token: person.token, ...(session !== undefined && { session }) });

  test('who may only see a server reads what they did there, and does nothing more', async () => {
    const [server, developer] = [await newServer(), await colleague('developer')];
    const session = await scene.newSession(server, developer);
    const client = await scene.join(transport, { serverId: server.id, token: developer.token, session });
    const { node } = await proposeOne(client, 'write', { label: 'seen', text: 'x' });
    await setAccess(server.id, { grants: [grant(developer, 'see')] });
    client.send('chat_message', { text: 'Hello?' }, { id: 'm' });
    expect((await client.next(isError('SERVER_ACCESS_TOO_LOW', 'm'))).payload).toMatchObject({ retryable: false });
    client.send('approve_task', { node_id: node }, { id: 'a' });
    await client.next(isError('SERVER_ACCESS_TOO_LOW', 'a'));
    const again = connect(developer, server.id, session);
    await again.next('session_snapshot');
    again.close();
    const other = await colleague('developer');
    await setAccess(server.id, { grants: [grant(other, 'see')] });
    expect(await connect(other, server.id).closed).toBe(4403);
  });

  test('who loses sight of a server loses its sockets at once, and finds none', async () => {
    const [server, developer] = [await newServer(), await colleague('developer')];
    const session = await scene.newSession(server, developer);
    const client = await scene.join(transport, { serverId: server.id, token: developer.token, session });
    const owners = await scene.join(transport, { serverId: server.id, session: await scene.newSession(server) });
    await setAccess(server.id, { access: 'restricted' });
    expect(await client.closed).toBe(4404);
    expect(await connect(developer, server.id, session).closed).toBe(4404);
    await settled(owners);
  });

  test('a plan whose user lost the server calls no more of its tools, and says why', async () => {
    const [server, developer] = [await newServer(), await colleague('developer')];
    const session = await scene.newSession(server, developer);
    const client = await scene.join(transport, { serverId: server.id, token: developer.token, session });
    const label = `${transport.name}: lost`;
    const { planId, ids } = await propose(client, {
      plan: [
        { key: 'a', tool: 'hold', arguments: { label } },
        { key: 'b', tool: 'write', arguments: { label, text: 'x' }, depends_on: ['a'] },
      ],
    });
    client.send('approve_all', { plan_id: planId });
    await scene.upstream.memory.called('hold', label);
    await setAccess(server.id, { grants: [grant(developer, 'see')] });
    scene.upstream.memory.release();
    await client.seen(becomes(ids.a ?? '', 'succeeded'));
    const { payload } = await client.seen(becomes(ids.b ?? '', 'failed'));
    expect(payload.error).toMatchObject({ code: 'SERVER_ACCESS_LOST' });
    expect(scene.upstream.memory.count('write', label)).toBe(0);
  });
});
