import { z } from 'zod';
import { type Person, startTestApp, type TestApp } from '../../support/app.js';
import { Organizations } from '../../support/organizations.js';
import { Client, someAddress } from '../support/client.js';
import { chapter } from '../support/compatibility.js';

/** The shapes that the Platform API's document prints, below `data`. */
const timestamp = z.iso.datetime();
const Details = z.strictObject({
  organization: z.strictObject({
    id: z.string().startsWith('org_'),
    name: z.string(),
    plan: z.strictObject({ id: z.string(), name: z.string(), features: z.array(z.string()) }),
    createdAt: timestamp,
    usersCount: z.int(),
    servicesCount: z.int(),
  }),
});
const Users = z.strictObject({
  users: z.array(
    z.strictObject({
      id: z.string().startsWith('user_'),
      email: z.string(),
      firstName: z.string().nullable(),
      lastName: z.string().nullable(),
      role: z.string(),
      createdAt: timestamp,
      lastLoginAt: timestamp.nullable(),
    }),
  ),
});
const Organization = z.looseObject({ organization: z.looseObject({ id: z.string(), role: z.string() }) });
const Refusal = z.looseObject({ success: z.literal(false), error: z.looseObject({ code: z.string() }) });

chapter('platform-organizations', 'Organizations', (holds) => {
  let app: TestApp;
  let client: Client;
  let ada: Person;
  let developer: Person;
  let organizations: Organizations;
  beforeAll(async () => {
    app = await startTestApp({ DEFAULT_PLAN: 'standard' });
    client = new Client(app.url);
    organizations = new Organizations(app);
    ada = await app.signIn();
    developer = await organizations.join(ada, 'developer');
  });
  afterAll(() => app.stop());

  const call = (by: Person, method: string, path: string, body?: object) =>
    client.callAt(method, `/v1${path}`, { token: by.token, ...(body && { body }) });
  const answered = async <Data extends z.ZodType>(status: number, data: Data, answer: ReturnType<typeof call>) =>
    client.expect(status, z.strictObject({ success: z.literal(true), data, meta: z.looseObject({}) }), answer);
  const refused = async (status: number, code: string, answer: ReturnType<typeof call>) =>
    expect((await client.expect(status, Refusal, answer)).error.code).toBe(code);

  const ME = 'Organization API, Get Organization Details';
  holds(ME, 'GET /organizations/me answers the organization with plan and counts', async () => {
    const { data, meta } = await answered(200, Details, call(developer, 'GET', '/organizations/me'));
    expect(data.organization).toMatchObject({
      plan: {
        id: 'plan_standard',
        name: 'Standard',
        features: ['5 users', '10 MCP services', '1000 requests/day'],
      },
      usersCount: 2,
      servicesCount: 0,
    });
    expect(meta).toEqual({});
  });
  holds(ME, 'GET /organizations/me without a token is 401 AUTH_TOKEN_INVALID', async () => {
    await refused(401, 'AUTH_TOKEN_INVALID', client.callAt('GET', '/v1/organizations/me'));
  });

  const USERS = 'Organization API, List Organization Users';
  holds(USERS, 'GET /organizations/me/users answers the users, with meta.pagination', async () => {
    const { data, meta } = await answered(200, Users, call(ada, 'GET', '/organizations/me/users'));
    expect(data.users.map(({ email, role }) => [email, role])).toEqual([
      [ada.email, 'owner'],
      [developer.email, 'developer'],
    ]);
    expect(meta).toEqual({ pagination: { total: 2, page: 1, limit: 20, pages: 1 } });
  });
  holds(USERS, 'GET /organizations/me/users of somebody below admin is 403 AUTH_INSUFFICIENT_SCOPE', async () => {
    await refused(403, 'AUTH_INSUFFICIENT_SCOPE', call(developer, 'GET', '/organizations/me/users'));
  });
  holds('Pagination', '?page and ?limit choose a page; a limit above 100 is 400 VALIDATION_ERROR', async () => {
    const second = await answered(200, Users, call(ada, 'GET', '/organizations/me/users?page=2&limit=1'));
    expect(second.data.users.map(({ email }) => email)).toEqual([developer.email]);
    expect(second.meta).toEqual({ pagination: { total: 2, page: 2, limit: 1, pages: 2 } });
    for (const query of ['limit=101', 'limit=0', 'page=0', 'page=one', 'offset=1']) {
      await refused(400, 'VALIDATION_ERROR', call(ada, 'GET', `/organizations/me/users?${query}`));
    }
  });

  const BESIDE = 'beside the document';
  holds(BESIDE, 'invitations are sent, listed, taken back, and accepted by their token', async () => {
    const email = someAddress();
    const sent = call(ada, 'POST', '/organizations/me/invitations', { email, role: 'viewer' });
    const Sent = z.looseObject({ invitation: z.looseObject({ id: z.string() }) });
    const { data, meta } = await answered(201, Sent, sent);
    expect([data.invitation, meta]).toMatchObject([{ email, role: 'viewer' }, { message: 'Invitation sent' }]);
    const path = `/organizations/me/invitations/${data.invitation.id}`;
    const listed = await answered(200, z.looseObject({}), call(ada, 'GET', '/organizations/me/invitations'));
    expect(listed.data).toMatchObject({ invitations: [{ id: data.invitation.id, expired: false }] });

    const accept = { token: 'not-one-that-was-sent' };
    await refused(410, 'INVITATION_OVER', call(developer, 'POST', '/invitations/accept', accept));
    expect((await answered(200, z.strictObject({}), call(ada, 'DELETE', path))).meta).toEqual({
      message: 'Invitation revoked',
    });
    await refused(404, 'RESOURCE_NOT_FOUND', call(ada, 'DELETE', path));
  });
  holds(BESIDE, 'a plan that is full is 403 PLAN_LIMIT_REACHED', async () => {
    const invite = () => call(ada, 'POST', '/organizations/me/invitations', { email: someAddress(), role: 'viewer' });
    for (let users = 2; users < 5; users += 1) await answered(201, z.looseObject({}), invite());
    await refused(403, 'PLAN_LIMIT_REACHED', invite());
  });
  holds(BESIDE, 'a role is changed, a member removed; a last owner is not (409)', async () => {
    const path = `/organizations/me/users/${developer.user.id}`;
    const changed = await answered(200, z.looseObject({}), call(ada, 'PATCH', path, { role: 'viewer' }));
    expect(changed.data).toMatchObject({ user: { id: developer.user.id, role: 'viewer' } });
    await refused(409, 'LAST_OWNER', call(ada, 'DELETE', `/organizations/me/users/${ada.user.id}`));
    await refused(409, 'LAST_OWNER', call(ada, 'POST', '/organizations/me/leave'));
    await answered(200, z.strictObject({}), call(ada, 'DELETE', path));
    await refused(404, 'RESOURCE_NOT_FOUND', call(ada, 'PATCH', path, { role: 'viewer' }));
    await refused(
      404,
      'RESOURCE_NOT_FOUND',
      call(ada, 'POST', '/organizations/me/transfer', { userId: 'user_123456' }),
    );
  });
  holds(BESIDE, 'organizations are made, listed, renamed and switched to, with a token of a day', async () => {
    const { data } = await answered(201, Organization, call(ada, 'POST', '/organizations', { name: 'Second' }));
    const all = await answered(200, z.looseObject({}), call(ada, 'GET', '/organizations'));
    expect(all.data).toMatchObject({ organizations: [{ current: true }, { name: 'Second', current: false }] });
    const Switched = Organization.extend({ token: z.string() });
    const path = `/organizations/${data.organization.id}/switch`;
    const switched = await answered(200, Switched, call(ada, 'POST', path));
    expect(switched.meta).toEqual({ tokenExpires: 86_400 });
    const there = organizations.withToken(ada, switched.data.token);
    const renamed = await answered(200, Details, call(there, 'PATCH', '/organizations/me', { name: 'Renamed' }));
    expect(renamed.data.organization).toMatchObject({ id: data.organization.id, name: 'Renamed' });
    await refused(404, 'RESOURCE_NOT_FOUND', call(there, 'POST', '/organizations/org_789012/switch'));
  });
});
