import { GrantsService } from '../../src/core/approvals/grants.service.js';
import { Database } from '../../src/platform/database/database.js';
import type { Id } from '../../src/platform/ids.js';
import { eventually, type Person } from '../support/app.js';
import { Organizations } from '../support/organizations.js';
import { TRANSPORTS } from '../support/session-clients.js';
import { Inbox, keyOf, type Shown } from './support/inbox.js';
import { becomes, isError, propose, proposeOne, type Scene, startScene } from './support/scene.js';

let scene: Scene;
let owner: Person;
let inbox: Inbox;

beforeAll(async () => {
  scene = await startScene();
  owner = scene.person;
  inbox = new Inbox(scene);
}, 60_000);
afterAll(() => scene.stop());

describe('a task of a plan', () => {
  test('is in the list while it waits, and is decided there as in its session', async () => {
    const client = await inbox.join();
    const { node } = await proposeOne(client, 'write', { label: 'inbox', text: 'x' });
    const item = await inbox.ofNode(node);
    expect(item).toMatchObject({ kind: 'node', status: 'pending', tool: 'write', can_decide: true });
    expect((await inbox.decide(item?.id ?? '', { decision: 'approve' })).status).toBe(200);
    await client.next(becomes(node, 'succeeded'));
    expect(await inbox.get(item?.id ?? '')).toMatchObject({
      status: 'approved',
      can_decide: false,
      decided_by: { username: owner.user.username },
    });
    expect(inbox.count('write', 'inbox')).toBe(1);
  });

  test('ends there as it ends in the session: denied, superseded by an edit, withdrawn by a stop', async () => {
    const client = await inbox.join();
    const args = { label: 'ends', text: 'x' };
    const { ids } = await propose(client, {
      plan: ['a', 'b', 'c'].map((key) => ({ key, tool: 'write', arguments: args })),
    });
    const [a, b, c] = await Promise.all(Object.values(ids).map(async (node) => (await inbox.ofNode(node))?.id ?? ''));
    client.send('reject_task', { node_id: ids.a ?? '', reason: 'not now' });
    client.send('edit_task', { node_id: ids.b ?? '', arguments: { ...args, text: 'y' } });
    await client.next(({ type, payload }) => type === 'task_update' && payload.edited === true);
    expect(await inbox.get(a ?? '')).toMatchObject({ status: 'denied', decision_reason: 'not now' });
    expect(await inbox.get(b ?? '')).toMatchObject({ status: 'superseded' });
    expect((await inbox.decide(b ?? '', { decision: 'approve' })).body.code).toBe('ALREADY_DECIDED');
    expect(await inbox.ofNode(ids.b ?? '')).toMatchObject({ arguments: { text: 'y' } });
    client.send('stop', {});
    await client.next(becomes(ids.c ?? '', 'cancelled'));
    expect(await inbox.get(c ?? '')).toMatchObject({ status: 'withdrawn' });
    expect((await inbox.list('?kind=node')).approvals).toEqual([]);
  });

  test('decided by many at once has one decision, and one call', async () => {
    const client = await inbox.join();
    const { node } = await proposeOne(client, 'write', { label: 'at once', text: 'x' });
    const id = (await inbox.ofNode(node))?.id ?? '';
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => inbox.decide(id, { decision: 'approve', decision_id: `d${index}` })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const late = answers.filter(({ status }) => status === 409);
    expect(late).toHaveLength(19);
    expect(new Set(late.map(({ body }) => `${body.code} ${body.by}`))).toEqual(
      new Set([`ALREADY_DECIDED ${owner.user.username}`]),
    );
    await client.next(becomes(node, 'succeeded'));
    expect(inbox.count('write', 'at once')).toBe(1);
  });

  test('is nobody else’s to see', async () => {
    const client = await inbox.join();
    const { node } = await proposeOne(client, 'write', { label: 'private', text: 'x' });
    const id = (await inbox.ofNode(node))?.id ?? '';
    const other = await scene.app.signIn();
    for (const answer of [
      await inbox.decide(id, { decision: 'deny' }, other),
      await other.call('GET', `/approvals/${id}`),
    ]) {
      expect(answer.status).toBe(404);
    }
    await inbox.decide(id, { decision: 'deny' });
  });
});

describe('what is remembered', () => {
  const write = (path: string) => ({ label: path, text: 'x' });

  test('with arguments lets through what fits, so often as was said, and asks for the rest', async () => {
    const client = await inbox.join();
    const { node } = await proposeOne(client, 'write', write('/srv/a/one'));
    client.send('approve_task', {
      node_id: node,
      remember: 'matching',
      match: { '/label': { prefix: '/srv/a' } },
      max_uses: 2,
    });
    await client.next(becomes(node, 'succeeded'));
    const { ids } = await propose(client, {
      plan: ['/srv/a/two', '/srv/ab/three', '/srv/a/../four'].map((path, index) => ({
        key: `k${index}`,
        tool: 'write',
        arguments: write(path),
      })),
    });
    await client.seen(becomes(ids.k0 ?? '', 'succeeded'));
    expect((await inbox.list('?kind=node')).approvals.map(({ node_id }) => node_id).sort()).toEqual(
      [ids.k1, ids.k2].sort(),
    );
    const { status, id } = await inbox.hold('/srv/a/five');
    expect([status, id]).toEqual([200, undefined]);
    // Used up.
    expect((await inbox.hold('/srv/a/six')).status).toBe(202);
    expect((await owner.call<{ grants: unknown[] }>('GET', '/approvals/grants')).body.grants).toEqual([]);
    client.send('stop', {});
  });

  test('is refused where it would not even fit the call itself', async () => {
    const client = await inbox.join();
    const { node } = await proposeOne(client, 'write', write('/srv/b'));
    client.send(
      'approve_task',
      { node_id: node, remember: 'matching', match: { '/label': { equals: 'c' } } },
      { id: 'm' },
    );
    await client.next(isError('PATTERN_DOES_NOT_FIT', 'm'));
    client.send('reject_task', { node_id: node });
  });

  test('counts for exactly so many of a hundred calls at once, and never again', async () => {
    const held = await inbox.hold('hundred');
    const scope = { type: 'tool', max_uses: 7, expires_in: 600 };
    expect((await inbox.decide(held.id, { decision: 'approve', scope })).status).toBe(200);
    const listed = await owner.call<{ grants: { id: Id<'grant'>; scope: string; uses_left: number }[] }>(
      'GET',
      '/approvals/grants',
    );
    const [grant] = listed.body.grants;
    expect(grant).toMatchObject({ scope: 'tool', uses_left: 7 });
    const grants = scene.app.get(GrantsService);
    const taken = await Promise.all(Array.from({ length: 100 }, () => grants.take(grant?.id as Id<'grant'>)));
    expect(taken.filter(Boolean)).toHaveLength(7);
    expect((await owner.call<{ grants: unknown[] }>('GET', '/approvals/grants')).body.grants).toEqual([]);
  });

  test('is taken back at once', async () => {
    const held = await inbox.hold('taken back');
    await inbox.decide(held.id, { decision: 'approve', scope: { type: 'tool' } });
    expect((await inbox.hold('while it counts')).status).toBe(200);
    const { grants } = (await owner.call<{ grants: { id: string }[] }>('GET', '/approvals/grants')).body;
    expect((await owner.call('DELETE', `/approvals/grants/${grants[0]?.id}`)).status).toBe(204);
    expect((await inbox.hold('no more')).status).toBe(202);
    expect((await owner.call('DELETE', `/approvals/grants/${grants[0]?.id}`)).status).toBe(404);
  });
});

describe('a held call', () => {
  test('runs with the arguments that the decision has, and the list has its result', async () => {
    const { id } = await inbox.hold('edited', { text: 'old' });
    const refused = await inbox.decide(id, { decision: 'approve', arguments: { label: 'edited', text: 7 } });
    expect([refused.status, refused.body.code]).toEqual([400, 'INVALID_ARGUMENTS']);
    expect((await inbox.decide(id, { decision: 'approve', arguments: { label: 'edited', text: 'new' } })).status).toBe(
      200,
    );
    expect(await inbox.get(id)).toMatchObject({
      status: 'approved',
      call: { status: 'finished', answer: { status: 'succeeded', result: { structured_content: { written: 'new' } } } },
    });
  });

  test('sent again under its name is the same decision; another one is too late', async () => {
    const { id } = await inbox.hold('twice');
    for (let time = 0; time < 2; time += 1) {
      expect((await inbox.decide(id, { decision: 'deny', reason: 'no', decision_id: 'one' })).status).toBe(200);
    }
    expect((await inbox.decide(id, { decision: 'approve', decision_id: 'two' })).status).toBe(409);
    expect((await inbox.hold('twice')).status).toBe(202);
    expect(inbox.count('write', 'twice')).toBe(0);
  });

  test('is withdrawn by who asked, and decided by nobody with a key', async () => {
    const { id } = await inbox.hold('withdrawn');
    const key = await keyOf(owner, 'admin');
    const byKey = await scene.app.api<{ code: string }>('POST', `/api/v1/approvals/${id}/decide`, {
      token: key,
      body: { decision: 'approve' },
    });
    expect([byKey.status, byKey.body.code]).toEqual([403, 'SIGN_IN_NEEDED']);
    expect((await owner.call<Shown>('POST', `/approvals/${id}/withdraw`)).body.status).toBe('withdrawn');
    expect((await inbox.decide(id, { decision: 'approve' })).status).toBe(409);
  });

  test('of somebody else is decided by who may use the server; only who manages it lets such calls run from now on', async () => {
    const organizations = new Organizations(scene.app);
    const member = await organizations.join(owner, 'developer');
    const { id } = await inbox.hold('of a member', { token: member.token });
    const scope = { type: 'tool' };
    const other = await organizations.join(owner, 'developer');
    expect((await inbox.decide(id, { decision: 'approve', scope }, other)).body.code).toBe('SCOPE_NEEDS_MANAGE');
    const viewer = await organizations.join(owner, 'viewer');
    expect((await inbox.decide(id, { decision: 'approve' }, viewer)).status).toBe(403);
    expect((await inbox.decide(id, { decision: 'approve' }, other)).status).toBe(200);
    expect(await inbox.get(id, member)).toMatchObject({ call: { answer: { rule: 'a person approved this call' } } });
  });
});

describe.each(TRANSPORTS)('over $name', (transport) => {
  test('who is there hears what waits and how it ended', async () => {
    const client = await scene.join(transport);
    const { id } = await inbox.hold(`told ${transport.name}`);
    const asked = await client.next('approval_requested');
    expect(asked.payload).toMatchObject({ approval: { id, kind: 'call', can_decide: true } });
    await inbox.decide(id, { decision: 'deny' });
    const ended = await client.next('approval_resolved');
    expect(ended.payload).toMatchObject({ approval_id: id, status: 'denied', by: { username: owner.user.username } });
  });
});

test('a stream of events has the counts first, then what comes', async () => {
  const gone = new AbortController();
  const answer = await fetch(`${scene.app.url}/api/v1/approvals/events`, {
    headers: { authorization: `Bearer ${owner.token}`, accept: 'text/event-stream' },
    signal: gone.signal,
  });
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  let heard = '';
  const until = async (part: string) => {
    while (!heard.includes(part)) heard += Buffer.from((await reader.read()).value ?? []).toString('utf8');
  };
  await until('event: counts');
  const { id } = await inbox.hold('streamed');
  await until('event: approval_requested');
  await until(id);
  await inbox.decide(id, { decision: 'deny' });
  await until('event: approval_resolved');
  gone.abort();
});

describe('a mail', () => {
  test('tells the owner of a key, and its link decides once, as them, without a sign-in', async () => {
    const person = await scene.app.signIn();
    const server = await scene.app.addServer(person, scene.upstream.url);
    const key = await keyOf(person, 'mcp:execute');
    const known = await scene.app.mailbox.count(person.email);
    const { id } = await inbox.hold('by mail', { token: key, serviceId: server.id });
    const link = await scene.app.mailbox.linkFor(person.email, known);
    expect(link).toMatch(/^\/link\/approval#/);
    const token = link.split('#')[1];
    const ask = (what: string, more = {}) =>
      scene.app.api<Shown & { acts_for: { username: string } }>('POST', `/api/v1/approvals/links/${what}`, {
        body: { token, ...more },
      });
    expect((await ask('peek')).body).toMatchObject({
      id,
      status: 'pending',
      definition: { name: 'write' },
      acts_for: { username: person.user.username },
    });
    const decided = await Promise.all([1, 2, 3].map(() => ask('decide', { decision: 'approve' })));
    expect(decided.map(({ status }) => status).sort()).toEqual([200, 410, 410]);
    expect(await inbox.get(id, person)).toMatchObject({
      status: 'approved',
      decided_by: { username: person.user.username },
    });
    expect((await ask('peek')).status).toBe(410);
    expect(inbox.count('write', 'by mail')).toBe(1);
  });

  test('gathers what came within a minute, and none comes to who wants none', async () => {
    const person = await scene.app.signIn();
    const server = await scene.app.addServer(person, scene.upstream.url);
    const key = await keyOf(person, 'mcp:execute');
    const known = await scene.app.mailbox.count(person.email);
    for (const label of ['one', 'two']) await inbox.hold(label, { token: key, serviceId: server.id });
    await eventually(
      () => scene.app.mailbox.count(person.email),
      (now) => now > known,
    );
    await person.call('PATCH', '/approvals/settings', { approval_mails: 'none' });
    await inbox.hold('three', { token: key, serviceId: server.id });
    const unfinished = `select from graphile_worker.jobs where task_identifier in ('approvals.tell_deciders', 'inbox.gather_mail')`;
    const jobs = () => scene.app.get(Database).sql(unfinished);
    await eventually(jobs, (rows) => rows.length === 0);
    expect(await scene.app.mailbox.count(person.email)).toBe(known + 1);
  });
});

test('statistics say what waits and how long decisions took', async () => {
  const { body } = await owner.call<{
    median_decision_seconds: number;
    days: { approved: number; denied: number }[];
    servers: { server: { id: string } }[];
  }>('GET', '/approvals/stats?days=2');
  expect(body.median_decision_seconds).toBeGreaterThanOrEqual(0);
  expect(body.days.at(-1)?.approved).toBeGreaterThan(2);
  expect(body.servers[0]?.server.id).toBe(scene.server.id);
});
