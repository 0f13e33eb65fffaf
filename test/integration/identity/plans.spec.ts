import { Database } from '../../../src/platform/database/database.js';
import { type Person, startTestApp, type TestApp } from '../../support/app.js';
import { codeOf, currentId, invite, newAddress } from '../../support/organizations.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({ DEFAULT_PLAN: 'standard', OTP_COOLDOWN_SECONDS: '30' });
});
afterAll(() => app.stop());

let servers = 0;
const addServer = (person: Person) =>
  person.call('POST', '/servers', {
    name: `Server ${(servers += 1)}`,
    url: 'http://127.0.0.1:9/mcp',
    auth_method: 'none',
  });
const twenty = Array.from({ length: 20 });
const count = (answers: { status: number }[], status: number) =>
  answers.filter((answer) => answer.status === status).length;

const newAdministrator = async (): Promise<Person> => {
  const person = await app.signIn();
  await app.get(Database).sql('update users set instance_administrator = true where id = $1', [person.user.id]);
  app.clock.forward(31);
  return app.signIn(person.email);
};

test('of 20 servers at once the plan has room for ten', async () => {
  const ada = await app.signIn();
  const answers = await Promise.all(twenty.map(() => addServer(ada)));
  expect([count(answers, 201), count(answers, 403)]).toEqual([10, 10]);
  const refused = await addServer(ada);
  expect(codeOf(refused)).toEqual([403, 'PLAN_LIMIT_REACHED']);
  expect(refused.body).toMatchObject({ limit: 'services', allowed: 10, plan: 'standard' });
  expect((await ada.call('GET', '/organization')).body).toMatchObject({
    plan: { limits: { services: 10 } },
    usage: { services: 10 },
  });
});

test('of 20 invitations at once the plan has room for four beside the owner; one taken back makes room', async () => {
  const ada = await app.signIn();
  const answers = await Promise.all(
    twenty.map(() =>
      ada.call<{ id: string }>('POST', '/organization/invitations', { email: newAddress(), role: 'viewer' }),
    ),
  );
  expect([count(answers, 201), count(answers, 403)]).toEqual([4, 16]);
  const open = answers.find(({ status }) => status === 201)?.body.id;
  await ada.call('DELETE', `/organization/invitations/${open}`);
  await invite(ada, newAddress(), 'viewer');
});

test('whoever was invited while there was room finds none when others took it', async () => {
  const [ada, root] = [await app.signIn(), await newAdministrator()];
  const id = await currentId(ada);
  const setPlan = (plan: string | null) =>
    app.api('PATCH', `/api/organizations/${id}`, { token: root.token, body: { plan } });
  await setPlan('unlimited');
  const guests = await Promise.all(twenty.slice(0, 8).map(() => app.signIn(newAddress())));
  const sent = await Promise.all(guests.map((guest) => invite(ada, guest.email, 'viewer')));
  expect((await setPlan('standard')).body).toMatchObject({ plan: 'standard', plan_is_default: false, users_count: 1 });
  const answers = await Promise.all(
    guests.map((guest, index) => guest.call('POST', `/invitations/${sent[index]?.id}/accept`)),
  );
  expect([count(answers, 200), count(answers, 403)]).toEqual([4, 4]);
  expect((await ada.call('GET', '/organization')).body).toMatchObject({ usage: { users: 5, invitations: 4 } });
});

test('all organizations are for administrators of the instance alone', async () => {
  const [ada, root] = [await app.signIn(), await newAdministrator()];
  const list = (person: Person, query = '') => app.api('GET', `/api/organizations${query}`, { token: person.token });
  expect(codeOf(await list(ada))).toEqual([403, 'INSTANCE_ADMINISTRATOR_NEEDED']);
  const first = await list(root, '?page_size=2');
  expect(first.body).toMatchObject({
    items: [{ plan: 'standard', plan_is_default: true, servers_count: 10, users_count: 1 }, {}],
    page: 1,
    page_size: 2,
  });
  const { total, pages } = first.body as { total: number; pages: number };
  expect(pages).toBe(Math.ceil(total / 2));
  for (const query of ['?page_size=101', '?page=0', '?limit=1']) expect((await list(root, query)).status).toBe(400);

  const path = `/api/organizations/${await currentId(ada)}`;
  const patch = (person: Person, at: string, plan: unknown) =>
    app.api('PATCH', at, { token: person.token, body: { plan } });
  expect((await patch(ada, path, 'unlimited')).status).toBe(403);
  expect((await patch(root, path, 'gold')).status).toBe(400);
  expect(codeOf(await patch(root, '/api/organizations/org_1', null))).toEqual([404, 'ORGANIZATION_NOT_FOUND']);
  expect((await patch(root, path, 'unlimited')).body).toMatchObject({ plan: 'unlimited', plan_is_default: false });
  expect((await ada.call('GET', '/organization')).body).toMatchObject({ plan: { id: 'unlimited' } });
  expect((await patch(root, path, null)).body).toMatchObject({ plan: 'standard', plan_is_default: true });
});

test('mails to one address come with a pause between them, and an invitation is over after a week', async () => {
  const [ada, guest] = [await app.signIn(), await app.signIn(newAddress())];
  const { id } = await invite(ada, guest.email, 'viewer');
  const again = () => ada.call('POST', '/organization/invitations', { email: guest.email, role: 'viewer' });
  const resend = () => ada.call('POST', `/organization/invitations/${id}/resend`);
  for (const refused of [await again(), await resend()]) {
    expect(codeOf(refused)).toEqual([429, 'INVITATION_COOLDOWN']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(20);
  }
  app.clock.forward(31);
  expect((await resend()).status).toBe(200);
  await ada.call('DELETE', `/organization/invitations/${id}`);
  expect(codeOf(await again())).toEqual([429, 'INVITATION_COOLDOWN']);
  app.clock.forward(31);
  const last = await again();
  expect(last.status).toBe(201);

  app.clock.forward(7 * 86_400);
  const [host, late] = [await app.signIn(ada.email), await app.signIn(guest.email)];
  expect((await late.call('GET', '/invitations')).body).toEqual({ invitations: [] });
  const path = `/invitations/${(last.body as { id: string }).id}/accept`;
  expect(codeOf(await late.call('POST', path))).toEqual([410, 'INVITATION_OVER']);
  expect((await host.call('GET', '/organization/invitations')).body).toMatchObject({
    invitations: [{ expired: true }],
  });
  expect((await host.call('GET', '/organization')).body).toMatchObject({ usage: { invitations: 0 } });
});
