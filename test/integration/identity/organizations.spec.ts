import { eventually, startTestApp, type TestApp } from '../../support/app.js';
import {
  codeOf,
  currentId,
  type InvitationRow,
  invite,
  listOrganizations,
  newAddress,
} from '../../support/organizations.js';
import { type OrganizationRow, Organizations, type ProblemBody } from '../../support/organizations.js';

let app: TestApp;
let organizations: Organizations;

beforeAll(async () => {
  app = await startTestApp();
  organizations = new Organizations(app);
});
afterAll(() => app.stop());

const linksTo = async (email: string): Promise<string[]> => {
  const { body } = await app.api<{ link?: string }[]>('GET', `/dev/mailbox/messages?to=${encodeURIComponent(email)}`);
  return body.flatMap(({ link }) => (link?.includes('/link/invitation#') ? [link.split('#')[1] ?? ''] : []));
};

const nextLink = async (email: string, known = 0): Promise<string> => {
  const links = await eventually(
    () => linksTo(email),
    ({ length }) => length > known,
  );
  return links[0] ?? '';
};

describe('organizations of a person', () => {
  test('the first is their own; another is made, listed, and switched to, and the refresh token stays', async () => {
    const ada = await app.signIn();
    const home = await currentId(ada);
    const made = await ada.call<OrganizationRow>('POST', '/organizations', { name: '  Analytical Engines  ' });
    expect([made.status, made.body]).toEqual([
      201,
      expect.objectContaining({ name: 'Analytical Engines', role: 'owner', current: false, members_count: 1 }),
    ]);

    const there = await organizations.moveTo(ada, made.body.id);
    expect((await ada.call('GET', '/user/profile')).status).toBe(401);
    expect(await currentId(there)).toBe(made.body.id);
    expect(await currentId(await organizations.refreshed(there))).toBe(made.body.id);
    expect((await listOrganizations(there)).map(({ id, current }) => [id, current])).toEqual([
      [home, false],
      [made.body.id, true],
    ]);
    const again = await app.signIn(ada.email);
    expect(await currentId(again)).toBe(made.body.id);
  });

  test('one that is unknown and one of others are the same 404', async () => {
    const [ada, eve] = [await app.signIn(), await app.signIn()];
    const foreign = await eve.call<ProblemBody>('POST', `/organizations/${await currentId(ada)}/switch`);
    const unknown = await eve.call<ProblemBody>('POST', `/organizations/org_${'0'.repeat(32)}/switch`);
    const malformed = await eve.call<ProblemBody>('POST', '/organizations/nothing/switch');
    expect([foreign, unknown, malformed].map(codeOf)).toEqual(Array(3).fill([404, 'ORGANIZATION_NOT_FOUND']));
  });

  test('a name that is none is refused', async () => {
    const ada = await app.signIn();
    for (const name of ['', '   ', 'x'.repeat(101), 'a\nb', 7]) {
      expect((await ada.call('POST', '/organizations', { name })).status).toBe(400);
      expect((await ada.call('PATCH', '/organization', { name })).status).toBe(400);
    }
    const renamed = await ada.call<{ name: string; plan: unknown; usage: unknown }>('PATCH', '/organization', {
      name: 'Engines',
    });
    expect(renamed.body).toMatchObject({
      name: 'Engines',
      plan: { id: 'unlimited', limits: { users: null, services: null, requests_per_day: null } },
      usage: { users: 1, invitations: 0, services: 0, requests_today: 0 },
    });
  });

  test('the account tells what its owner may do, and takes names', async () => {
    const ada = await app.signIn();
    await ada.call('PUT', '/user/profile', { first_name: ' Ada ', last_name: 'Lovelace' });
    const { body } = await ada.call<{ may: string[] }>('GET', '/user/account');
    expect(body).toMatchObject({
      first_name: 'Ada',
      last_name: 'Lovelace',
      has_password: false,
      instance_administrator: false,
      role: 'owner',
      user: { id: ada.user.id },
    });
    expect(body.may).toContain('organization.transfer');
    expect(body.may).not.toContain('instance.manage');
    const viewer = await organizations.join(ada, 'viewer');
    const account = await viewer.call<{ may: string[] }>('GET', '/user/account');
    expect(account.body.may).not.toContain('members.read');
    expect(await ada.call('PUT', '/user/profile', { first_name: '' })).toMatchObject({ status: 200 });
    expect((await ada.call('GET', '/user/account')).body).toMatchObject({ first_name: null, last_name: 'Lovelace' });
  });
});

describe('invitations', () => {
  test('by mail: the link says what it is about, and the address it was sent to may accept it, once', async () => {
    const ada = await app.signIn();
    const email = newAddress();
    await invite(ada, email.toUpperCase(), 'developer');
    const token = await nextLink(email);
    const peek = () => app.api('POST', '/api/v1/invitations/peek', { body: { token } });
    expect((await peek()).body).toEqual({
      organization_name: ada.user.username,
      role: 'developer',
      email,
      invited_by: ada.user.username,
    });

    const eve = await app.signIn();
    const stolen = await eve.call<ProblemBody>('POST', '/invitations/accept', { token });
    expect(codeOf(stolen)).toEqual([403, 'INVITATION_FOR_ANOTHER_ADDRESS']);
    expect(stolen.text).not.toContain(email);

    const bob = await app.signIn(email);
    const joined = await bob.call<OrganizationRow>('POST', '/invitations/accept', { token });
    expect([joined.status, joined.body]).toEqual([
      200,
      expect.objectContaining({ id: await currentId(ada), role: 'developer', current: false, members_count: 2 }),
    ]);
    expect((await peek()).status).toBe(410);
    expect((await bob.call('POST', '/invitations/accept', { token })).status).toBe(410);
    const again = await ada.call<ProblemBody>('POST', '/organization/invitations', { email, role: 'viewer' });
    expect(codeOf(again)).toEqual([409, 'ALREADY_MEMBER']);
  });

  test('by the list of those to my address: accepted or declined; foreign and unknown ones are the same 404', async () => {
    const [ada, bob, eve] = [await app.signIn(), await app.signIn(newAddress()), await app.signIn()];
    const { id } = await invite(ada, bob.email, 'viewer');
    const { body } = await bob.call<{ invitations: unknown[] }>('GET', '/invitations');
    expect(body.invitations).toEqual([
      expect.objectContaining({
        id,
        role: 'viewer',
        organization: { id: await currentId(ada), name: ada.user.username },
      }),
    ]);
    const foreign = await eve.call<ProblemBody>('POST', `/invitations/${id}/accept`);
    const unknown = await eve.call<ProblemBody>('POST', `/invitations/inv_${'0'.repeat(32)}/accept`);
    expect([codeOf(foreign), codeOf(unknown)]).toEqual(Array(2).fill([404, 'INVITATION_NOT_FOUND']));
    expect((await eve.call('POST', `/invitations/${id}/decline`)).status).toBe(404);
    expect((await eve.call('DELETE', `/organization/invitations/${id}`)).status).toBe(404);

    expect((await bob.call('POST', `/invitations/${id}/decline`)).body).toEqual({ status: 'declined' });
    expect((await bob.call('POST', `/invitations/${id}/accept`)).status).toBe(404);
    expect((await ada.call('GET', '/organization/invitations')).body).toEqual({ invitations: [] });
  });

  test('one that is sent anew or replaced has a new link; one that was taken back or is old has none', async () => {
    const ada = await app.signIn();
    const bob = await app.signIn(newAddress());
    const first = await invite(ada, bob.email, 'viewer');
    const links = [await nextLink(bob.email)];
    expect((await ada.call('POST', `/organization/invitations/${first.id}/resend`)).status).toBe(200);
    links.unshift(await nextLink(bob.email, 1));
    const second = await invite(ada, bob.email, 'admin');
    links.unshift(await nextLink(bob.email, 2));
    const states = await Promise.all(
      links.map(async (token) => (await app.api('POST', '/api/v1/invitations/peek', { body: { token } })).status),
    );
    expect(states).toEqual([200, 410, 410]);
    expect((await ada.call('POST', `/organization/invitations/${first.id}/resend`)).status).toBe(404);

    expect((await ada.call('DELETE', `/organization/invitations/${second.id}`)).body).toEqual({ status: 'revoked' });
    expect((await bob.call('POST', '/invitations/accept', { token: links[0] })).status).toBe(410);
    expect((await app.api('POST', '/api/v1/invitations/peek', { body: { token: 'nothing' } })).status).toBe(410);
  });

  test('20 at once to one address leave one open, and of 20 acceptances at once one counts', async () => {
    const ada = await app.signIn();
    const bob = await app.signIn(newAddress());
    const sent = await Promise.all(
      Array.from({ length: 20 }, () =>
        ada.call<InvitationRow>('POST', '/organization/invitations', { email: bob.email, role: 'viewer' }),
      ),
    );
    expect(new Set(sent.map(({ status }) => status))).toEqual(new Set([201]));
    const { invitations } = (await ada.call<{ invitations: InvitationRow[] }>('GET', '/organization/invitations')).body;
    expect(invitations).toHaveLength(1);
    const path = `/invitations/${invitations[0]?.id}/accept`;
    const answers = await Promise.all(Array.from({ length: 20 }, () => bob.call('POST', path)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await ada.call<OrganizationRow>('GET', '/organization')).body).toMatchObject({ usage: { users: 2 } });
  });

  test('nobody gives a role above their own, and below admin nobody invites', async () => {
    const ada = await app.signIn();
    const admin = await organizations.join(ada, 'admin');
    const developer = await organizations.join(ada, 'developer');
    const above = await admin.call('POST', '/organization/invitations', { email: newAddress(), role: 'owner' });
    expect(codeOf(above)).toEqual([403, 'ROLE_ABOVE_OWN']);
    const below = await developer.call('POST', '/organization/invitations', { email: newAddress(), role: 'viewer' });
    expect(codeOf(below)).toEqual([403, 'ROLE_TOO_LOW']);
    expect((await admin.call('POST', '/organization/invitations', { email: 'nobody', role: 'viewer' })).status).toBe(
      400,
    );
    expect((await admin.call('POST', '/organization/invitations', { email: newAddress(), role: 'king' })).status).toBe(
      400,
    );
  });
});
