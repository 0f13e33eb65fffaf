import { Database } from '../../../src/platform/database/database.js';
import { eventually, type Person, startTestApp, type TestApp } from '../../support/app.js';
import { codeOf, currentId, listOrganizations } from '../../support/organizations.js';
import { type OrganizationRow, Organizations, type ProblemBody } from '../../support/organizations.js';

let app: TestApp;
let organizations: Organizations;

beforeAll(async () => {
  app = await startTestApp();
  organizations = new Organizations(app);
});
afterAll(() => app.stop());

const roleOf = async (person: Person) => (await person.call<{ role: string }>('GET', '/user/account')).body.role;
const setRole = (by: Person, whom: Person, role: string) =>
  by.call<ProblemBody & { role: string }>('PATCH', `/organization/members/${whom.user.id}`, { role });
const remove = (by: Person, whom: Person) => by.call<ProblemBody>('DELETE', `/organization/members/${whom.user.id}`);

describe('members', () => {
  test('are listed for administrators only, with what is known of them', async () => {
    const ada = await app.signIn();
    const bob = await organizations.join(ada, 'developer');
    const { body } = await ada.call<{ members: { user_id: string; role: string; email: string }[] }>(
      'GET',
      '/organization/members',
    );
    expect(body.members.map(({ user_id, role }) => [user_id, role])).toEqual([
      [ada.user.id, 'owner'],
      [bob.user.id, 'developer'],
    ]);
    expect(body).not.toHaveProperty('next');
    expect(codeOf(await bob.call('GET', '/organization/members'))).toEqual([403, 'ROLE_TOO_LOW']);
  });

  test('an administrator rules over all but owners, and nobody raises themselves', async () => {
    const ada = await app.signIn();
    const [admin, other, developer] = [
      await organizations.join(ada, 'admin'),
      await organizations.join(ada, 'admin'),
      await organizations.join(ada, 'developer'),
    ];
    expect((await setRole(admin, developer, 'viewer')).body.role).toBe('viewer');
    expect((await setRole(admin, other, 'developer')).body.role).toBe('developer');
    expect(codeOf(await setRole(admin, admin, 'owner'))).toEqual([403, 'ROLE_ABOVE_OWN']);
    expect(codeOf(await setRole(admin, developer, 'owner'))).toEqual([403, 'ROLE_ABOVE_OWN']);
    expect(codeOf(await setRole(admin, ada, 'viewer'))).toEqual([403, 'OWNER_PROTECTED']);
    expect(codeOf(await remove(admin, ada))).toEqual([403, 'OWNER_PROTECTED']);
    expect(codeOf(await setRole(developer, developer, 'admin'))).toEqual([403, 'ROLE_TOO_LOW']);
    expect((await setRole(ada, admin, 'owner')).body.role).toBe('owner');
    expect(await roleOf(admin)).toBe('owner');
  });

  test('the last owner neither leaves nor steps down nor is removed', async () => {
    const ada = await app.signIn();
    await organizations.join(ada, 'admin');
    expect(codeOf(await setRole(ada, ada, 'admin'))).toEqual([409, 'LAST_OWNER']);
    expect(codeOf(await remove(ada, ada))).toEqual([409, 'LAST_OWNER']);
    expect(codeOf(await ada.call('POST', '/organization/leave'))).toEqual([409, 'LAST_OWNER']);
  });

  test('of two owners who demote, remove and leave 20 times at once, one stays an owner', async () => {
    const ada = await app.signIn();
    const bob = await organizations.join(ada, 'owner');
    const id = await currentId(ada);
    const attempts = Array.from({ length: 20 }, (_, index) => {
      const [by, whom] = index % 2 === 0 ? [ada, bob] : [bob, ada];
      if (index % 3 === 0) return setRole(by, whom, 'developer');
      return index % 3 === 1 ? setRole(by, by, 'viewer') : by.call('POST', '/organization/leave');
    });
    const statuses = (await Promise.all(attempts)).map(({ status }) => status);
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
    const roles = await Promise.all(
      [ada, bob].map(async (person) => {
        const all = await listOrganizations(await organizations.refreshed(person));
        return all.find((organization) => organization.id === id)?.role;
      }),
    );
    expect(roles.filter((role) => role === 'owner')).toHaveLength(1);
  });

  test('a foreign user, an unknown one and one who left are the same 404', async () => {
    const [ada, eve] = [await app.signIn(), await app.signIn()];
    const gone = await organizations.join(ada, 'developer');
    await remove(ada, gone);
    const unknown = await ada.call('PATCH', `/organization/members/user_${'0'.repeat(32)}`, { role: 'viewer' });
    const answers = [
      await setRole(ada, eve, 'viewer'),
      await setRole(ada, gone, 'viewer'),
      unknown,
      await remove(ada, eve),
    ];
    expect(answers.map(codeOf)).toEqual(Array(4).fill([404, 'MEMBER_NOT_FOUND']));
    const transfer = await ada.call('POST', '/organization/transfer', { user_id: eve.user.id });
    expect(codeOf(transfer)).toEqual([404, 'MEMBER_NOT_FOUND']);
  });

  test('who is removed loses their sign-ins here at once, and keeps those elsewhere', async () => {
    const ada = await app.signIn();
    const here = await organizations.join(ada, 'developer');
    const again = await app.signIn(here.email);
    const own = (await listOrganizations(again)).find(({ role }) => role === 'owner');
    const elsewhere = await organizations.moveTo(again, own?.id ?? '');
    expect((await remove(ada, here)).body).toEqual({ status: 'removed' });
    expect((await here.call('GET', '/user/profile')).status).toBe(401);
    const refresh = await app.api('POST', '/api/v1/auth/refresh', { body: { refresh_token: here.refreshToken } });
    expect(refresh.status).toBe(401);
    expect((await elsewhere.call('GET', '/user/profile')).status).toBe(200);
    expect(await roleOf(await app.signIn(here.email))).toBe('owner');
  });

  test('who is removed while they sign in lands in their other organization, and is given no third one', async () => {
    const ada = await app.signIn();
    const bob = await organizations.join(ada, 'developer');
    const database = app.get(Database);
    let signedIn: Promise<Person> | undefined;
    await database.transaction(async () => {
      await database.sql('delete from memberships where user_id = $1 and role = $2', [bob.user.id, 'developer']);
      signedIn = app.signIn(bob.email);
      await eventually(
        () => database.sql('select from pg_locks where not granted'),
        ({ length }) => length > 0,
      );
    });
    const again = await signedIn;
    expect(again && (await listOrganizations(again)).map(({ role, current }) => [role, current])).toEqual([
      ['owner', true],
    ]);
  });

  test('who leaves goes on in an organization of their own', async () => {
    const ada = await app.signIn();
    const bob = await organizations.join(ada, 'admin');
    const left = await bob.call<{ status: string; access_token: string; organization: OrganizationRow }>(
      'POST',
      '/organization/leave',
    );
    expect(left.body).toMatchObject({ status: 'left', organization: { role: 'owner', current: true } });
    expect((await bob.call('GET', '/user/profile')).status).toBe(401);
    expect(await currentId(organizations.withToken(bob, left.body.access_token))).toBe(left.body.organization.id);
    expect(await currentId(await organizations.refreshed(bob))).toBe(left.body.organization.id);
  });

  test('an organization is handed over in one step', async () => {
    const ada = await app.signIn();
    const bob = await organizations.join(ada, 'developer');
    expect(codeOf(await bob.call('POST', '/organization/transfer', { user_id: bob.user.id }))).toEqual([
      403,
      'ROLE_TOO_LOW',
    ]);
    expect(codeOf(await ada.call('POST', '/organization/transfer', { user_id: ada.user.id }))).toEqual([
      409,
      'ALREADY_OWNER',
    ]);
    const handed = await ada.call<{ role: string }>('POST', '/organization/transfer', { user_id: bob.user.id });
    expect([handed.status, handed.body.role]).toEqual([200, 'owner']);
    expect([await roleOf(ada), await roleOf(bob)]).toEqual(['admin', 'owner']);
    expect((await ada.call('POST', '/organization/leave')).status).toBe(200);
  });

  test('all of it is told in the activity, with who did it to whom', async () => {
    const ada = await app.signIn();
    const bob = await organizations.join(ada, 'developer');
    await setRole(ada, bob, 'admin');
    await bob.call('PATCH', '/organization', { name: 'Renamed by Bob' });
    await remove(ada, bob);
    const told = await ada.call<{ activity: { action: string; actor: { name: string }; details: unknown }[] }>(
      'GET',
      '/activity',
    );
    const lines = told.body.activity.filter(({ action }) => !action.startsWith('sign_in'));
    expect(lines.map(({ action, actor }) => [action, actor.name]).reverse()).toEqual([
      ['member.invited', ada.user.username],
      ['member.joined', bob.user.username],
      ['organization.switched', bob.user.username],
      ['member.role_changed', ada.user.username],
      ['organization.renamed', bob.user.username],
      ['member.removed', ada.user.username],
    ]);
    expect(lines[2]?.details).toEqual({ from: 'developer', to: 'admin' });
  });
});
