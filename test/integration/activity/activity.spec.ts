import { Database } from '../../../src/platform/database/database.js';
import { Sweeper } from '../../../src/platform/jobs/sweeper.js';
import { eventually, type Person, startTestApp, type TestApp } from '../../support/app.js';

interface Entry {
  id: string;
  at: string;
  action: string;
  outcome: string;
  actor: { id: string; name: string } | null;
  subject: { kind: string; id: string; name: string } | null;
  via: string | null;
  ip: string | null;
  user_agent: string | null;
  request_id: string | null;
  details: Record<string, unknown> | null;
}
interface List {
  activity: Entry[];
  next?: string;
}

const aServer = (name: string) => ({ name, url: 'http://127.0.0.1:9/mcp', auth_method: 'none' });

describe('the activity of an organization', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  const list = async (person: Person, query = '') => (await person.call<List>('GET', `/activity${query}`)).body;
  const verify = (email: string, code: string) =>
    app.api('POST', '/api/v1/auth/otp/verify', {
      body: { email, code },
      headers: { 'user-agent': 'a guesser/1.0', 'x-request-id': 'guess-1' },
    });

  test('tells who signed in, how, and from where', async () => {
    const person = await app.signIn();
    const { activity } = await list(person);
    expect(activity).toEqual([
      {
        id: expect.stringMatching(/^act_[0-9a-f]{32}$/) as string,
        at: expect.stringMatching(/Z$/) as string,
        action: 'sign_in.succeeded',
        outcome: 'succeeded',
        actor: { id: person.user.id, name: person.user.username },
        subject: { kind: 'sign_in', id: expect.stringMatching(/^fam_/) as string, name: 'node' },
        via: null,
        ip: '127.0.0.1',
        user_agent: 'node',
        request_id: expect.stringMatching(/^req_/) as string,
        details: { way: 'code' },
      },
    ]);
  });

  test('tells wrong guesses of a known address, and the lock, without naming an actor', async () => {
    const person = await app.signIn();
    const known = await app.mailbox.count(person.email);
    await app.api('POST', '/api/v1/auth/otp/request', { body: { email: person.email } });
    const code = await app.mailbox.codeFor(person.email, known);
    const wrong = code === '000000' ? '000001' : '000000';
    for (let guess = 0; guess < 7; guess += 1) await verify(person.email, wrong);
    const { activity } = await eventually(
      () => list(person),
      (found) => found.activity.some(({ action }) => action === 'code.locked') && found.activity.length >= 6,
    );
    expect(activity.filter(({ action }) => action === 'sign_in.failed')).toHaveLength(4);
    expect(activity.filter(({ action }) => action === 'code.locked')).toEqual([
      expect.objectContaining({
        outcome: 'failed',
        actor: null,
        subject: { kind: 'user', id: person.user.id, name: person.user.username },
        ip: '127.0.0.1',
        user_agent: 'a guesser/1.0',
        request_id: 'guess-1',
        details: { way: 'code' },
      }),
    ]);
    expect(JSON.stringify(activity)).not.toContain(wrong);
  });

  test('tells the end of a sign-in and the reuse of a token', async () => {
    const person = await app.signIn();
    const again = await app.signIn(person.email);
    await app.api('POST', '/api/v1/auth/logout', { body: { refresh_token: again.refreshToken } });
    const stolen = await app.signIn(person.email);
    const refresh = () => app.api('POST', '/api/v1/auth/refresh', { body: { refresh_token: stolen.refreshToken } });
    expect((await refresh()).status).toBe(200);
    app.clock.forward(11);
    expect((await refresh()).status).toBe(401);
    const { activity } = await list(await app.signIn(person.email));
    const told = activity.filter(({ action }) => ['sign_in.ended', 'token.reused'].includes(action));
    const actor = { id: person.user.id, name: person.user.username };
    expect(told.map(({ action, outcome, ...rest }) => ({ action, outcome, actor: rest.actor }))).toEqual([
      { action: 'token.reused', outcome: 'failed', actor },
      { action: 'sign_in.ended', outcome: 'succeeded', actor },
    ]);
  });

  test('tells changes of servers, by the names of their time, as long as they are committed', async () => {
    const person = await app.signIn();
    const made = await person.call<{ id: string }>('POST', '/servers', aServer('First name'));
    expect((await person.call('POST', '/servers', aServer('First name'))).status).toBe(409);
    await person.call('PUT', `/servers/${made.body.id}`, { name: 'Second name', timeout: 20 });
    await person.call('DELETE', `/servers/${made.body.id}`);
    const { activity } = await list(person, '?actor=' + person.user.id);
    const told = activity.filter(({ subject }) => subject?.kind === 'server');
    expect(told.map(({ action, subject, via, details }) => ({ action, name: subject?.name, via, details }))).toEqual([
      { action: 'server.deleted', name: 'Second name', via: 'access_token', details: null },
      { action: 'server.changed', name: 'Second name', via: 'access_token', details: { fields: ['name', 'timeout'] } },
      { action: 'server.created', name: 'First name', via: 'access_token', details: null },
    ]);
  });

  test('is asked by action, actor and time, in pages, and refuses what it does not know', async () => {
    const person = await app.signIn();
    const { activity } = await list(person, '?action=sign_in.succeeded');
    expect(activity).toHaveLength(1);
    for (let line = 0; line < 50; line += 1) await person.call('POST', '/servers', aServer(`Server ${line}`));
    const first = await list(person);
    const second = await list(person, `?page=${first.next}`);
    expect([first.activity.length, second.activity.length, second.next]).toEqual([50, 1, undefined]);
    expect(second.activity).toEqual(activity);
    const at = encodeURIComponent(activity[0]?.at ?? '');
    expect((await list(person, `?from=${at}`)).activity).toHaveLength(50);
    expect((await list(person, `?to=${at}`)).activity).toEqual([]);
    expect((await list(person, '?action=server.deleted')).activity).toEqual([]);
    for (const query of ['?action=sign_in', '?from=yesterday', '?organization=x', '?page=0']) {
      expect((await person.call('GET', `/activity${query}`)).status).toBe(400);
    }
    const other = await app.signIn();
    expect(JSON.stringify(await list(other))).not.toContain(person.user.id);
  });

  test('is kept for a year, and the counts of days for some days more', async () => {
    const person = await app.signIn();
    await person.call('POST', '/servers', aServer('Of last year'));
    const database = app.get(Database);
    const values = [person.user.id, app.clock.now()];
    await database.sql(
      `insert into organization_days (organization_id, day, requests)
       select organization_id, $2, 7 from memberships where user_id = $1`,
      values,
    );
    const sweep = async () => (await app.get(Sweeper).run(AbortSignal.timeout(20_000)))?.removed;
    app.clock.forward(364 * 86_400);
    expect(await sweep()).not.toHaveProperty('lines of the activity');
    app.clock.forward(2 * 86_400);
    expect(await sweep()).toMatchObject({ 'lines of the activity': expect.any(Number) as number });
    expect((await list(await app.signIn(person.email))).activity.map(({ action }) => action)).toEqual([
      'sign_in.succeeded',
    ]);
    app.clock.forward(36 * 86_400);
    expect(await sweep()).toMatchObject({ 'counts of days': 1 });
  });
});
