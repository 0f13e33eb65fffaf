import { ApprovalRequests } from '../../src/core/approvals/approval-requests.service.js';
import { HeldCalls } from '../../src/core/execution/held-calls.service.js';
import { Database } from '../../src/platform/database/database.js';
import type { ApprovalId, UserId } from '../../src/platform/ids.js';
import { eventually, type Person, startTestApp, type TestApp } from '../support/app.js';
import { Organizations } from '../support/organizations.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/upstreams/scripted-upstream.js';

interface Waiting {
  data: { status: string; approvalId: ApprovalId; url: string; expiresAt: string };
  meta: { logId: string };
}
interface Polled {
  data: {
    approval: { status: string; execution: { status: string; result?: unknown; error?: { code: string } } | null };
  };
}
interface Refused {
  error: { code: string; details: { reason?: string } };
}

let app: TestApp;
let upstream: ScriptedUpstream;
let owner: Person;
let serviceId: string;
let held: HeldCalls;

beforeAll(async () => {
  [app, upstream] = await Promise.all([startTestApp(), startScriptedUpstream()]);
  owner = await app.signIn();
  serviceId = (await app.addServer(owner, upstream.url, { approval_policy: 'require_approval_all' })).id;
  held = app.get(HeldCalls);
}, 60_000);
afterAll(async () => {
  await app.stop();
  await upstream.close();
});

const execute = <Body = Waiting>(label: string, { person = owner, headers = {}, tool = 'write' } = {}) =>
  app.api<Body>('POST', '/v1/mcp/execute/tool', {
    token: person.token,
    headers,
    body: { serviceId, toolName: tool, parameters: tool === 'write' ? { label, text: 'x' } : { label } },
  });
const hold = async (label: string, options?: Parameters<typeof execute>[1]): Promise<ApprovalId> => {
  const { status, body } = await execute(label, options);
  expect(status).toBe(202);
  return body.data.approvalId;
};
const poll = async (id: string, { wait = 10, person = owner } = {}) =>
  (await app.api<Polled>('GET', `/v1/mcp/approvals/${id}?wait=${wait}`, { token: person.token })).body.data.approval;
const by = () => ({ id: owner.user.id as UserId, name: 'Owner' });

test('a call that has to wait is answered at once with where to decide, and sent nowhere', async () => {
  const { status, body } = await execute('at once');
  expect(status).toBe(202);
  expect(body.data).toMatchObject({
    status: 'approval_required',
    approvalId: expect.stringMatching(/^apr_/) as string,
    url: expect.stringContaining(`/approvals/${body.data.approvalId}`) as string,
  });
  const lifeMs = Date.parse(body.data.expiresAt) - app.clock.now().getTime();
  expect(Math.abs(lifeMs - 900_000)).toBeLessThan(20_000);
  expect(await poll(body.data.approvalId, { wait: 0 })).toMatchObject({ status: 'pending', execution: null });
  expect(upstream.memory.count('write', 'at once')).toBe(0);
});

test('approved, it runs once, and its result can be polled', async () => {
  const id = await hold('approved');
  expect(await held.approve(id, { by: by() })).toBe('approved');
  expect(await poll(id)).toMatchObject({
    status: 'approved',
    execution: { status: 'succeeded', result: { written: 'x', count: 1 } },
  });
  expect(await held.approve(id, { by: by() })).toBeUndefined();
  expect(upstream.memory.count('write', 'approved')).toBe(1);
});

test('a server that is away when somebody approves, and comes back, gets the call', async () => {
  const id = await hold('away');
  await upstream.die();
  await held.approve(id, { by: by() });
  await eventually(
    () => poll(id, { wait: 0 }),
    ({ execution }) => execution?.status === 'running',
  );
  await upstream.revive();
  expect(await poll(id)).toMatchObject({ execution: { status: 'succeeded', result: { written: 'x', count: 1 } } });
  expect(upstream.memory.count('write', 'away')).toBe(1);
});

test('who waits for the decision gets the result itself', async () => {
  const answered = execute<{ data: { result: unknown } }>('waited', { headers: { prefer: 'wait=20' } });
  const id = await pendingId('waited');
  await held.approve(id, { by: by() });
  const { status, body, headers } = await answered;
  expect(status).toBe(200);
  expect(headers.get('preference-applied')).toBe('wait=20');
  expect(body.data.result).toEqual({ written: 'x', count: 1 });
});

test('under an Idempotency-Key whose process died after it was held, it is the same call that waits', async () => {
  const keyed = (headers: Record<string, string> = {}) =>
    execute<Waiting & { data: { result: unknown } }>('keyed', { headers: { 'idempotency-key': 'held', ...headers } });
  const die = () =>
    app
      .get(Database)
      .sql(`update idempotency_keys set state = 'acting', answer = null, alive_until = now() - interval '1 minute'`);
  const first = await keyed();
  expect(first.status).toBe(202);
  await die();
  const again = await keyed();
  expect([again.status, again.body.data]).toEqual([202, first.body.data]);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect(again.body.meta.logId).toBe(first.body.meta.logId);
  await die();
  const waiting = keyed({ prefer: 'wait=20' });
  expect(await held.approve(first.body.data.approvalId, { by: by() })).toBe('approved');
  expect((await waiting).body.data).toMatchObject({ result: { written: 'x', count: 1 } });
  await die();
  expect((await keyed()).body.data.approvalId).toBe(first.body.data.approvalId);
  expect(upstream.memory.count('write', 'keyed')).toBe(1);
});

test('edited arguments are what runs, and have to fit', async () => {
  const id = await hold('to be edited');
  const wrong = held.approve(id, { by: by(), arguments: { text: '' } });
  await expect(wrong).rejects.toMatchObject({ code: 'INVALID_ARGUMENTS' });
  await held.approve(id, { by: by(), arguments: { label: 'edited', text: 'y' } });
  expect(await poll(id)).toMatchObject({ execution: { result: { written: 'y' } } });
  expect(upstream.memory.count('write', 'edited')).toBe(1);
});

test('denied, withdrawn and expired are told apart, and nothing is sent', async () => {
  const denied = execute<Refused>('denied', { headers: { prefer: 'wait=20' } });
  await app.get(ApprovalRequests).end(await pendingId('denied'), 'denied', { by: by(), reason: 'Not today.' });
  expect((await denied).body.error).toMatchObject({ details: { reason: 'APPROVAL_DENIED' } });

  const withdrawn = await hold('withdrawn');
  const gone = await app.api<Polled>('DELETE', `/v1/mcp/approvals/${withdrawn}`, { token: owner.token });
  expect(gone.body.data.approval.status).toBe('withdrawn');
  const again = await app.api<Refused>('DELETE', `/v1/mcp/approvals/${withdrawn}`, { token: owner.token });
  expect([again.status, again.body.error.code]).toEqual([409, 'ALREADY_DECIDED']);
  expect(await held.approve(withdrawn, { by: by() })).toBeUndefined();

  const [late, seen] = [await hold('late'), await hold('seen late')];
  app.clock.forward(901);
  const fresh = await freshly(owner);
  expect(await held.approve(late, { by: by() })).toBe('expired');
  expect(await poll(seen, { wait: 0, person: fresh })).toMatchObject({ status: 'expired', execution: null });
  expect(['denied', 'withdrawn', 'late', 'seen late'].map((label) => upstream.memory.count('write', label))).toEqual([
    0, 0, 0, 0,
  ]);
});

test('an approval is of one definition of the tool: another one supersedes it', async () => {
  const person = await freshly(owner);
  const id = await hold('superseded', { person });
  upstream.memory.describe('write', 'Another tool altogether.');
  await person.call('POST', `/servers/${serviceId}/check`);
  expect(await held.approve(id, { by: by() })).toBe('superseded');
  upstream.memory.descriptions.delete('write');
  await person.call('POST', `/servers/${serviceId}/check`);
  expect(await poll(id, { person })).toMatchObject({ status: 'superseded', execution: null });
  expect(upstream.memory.count('write', 'superseded')).toBe(0);
});

test('twenty who approve at once are one call', async () => {
  const person = await freshly(owner);
  const id = await hold('twenty', { person });
  const decided = await Promise.all(Array.from({ length: 20 }, () => held.approve(id, { by: by() })));
  expect(decided.filter((status) => status === 'approved')).toHaveLength(1);
  expect(await poll(id, { person })).toMatchObject({ execution: { status: 'succeeded' } });
  expect(upstream.memory.count('write', 'twenty')).toBe(1);
});

test('who asked may not use the server any more: nothing is sent for them', async () => {
  const person = await freshly(owner);
  const guest = await new Organizations(app).join(person, 'developer');
  const id = await hold('left', { person: guest });
  expect((await app.api('GET', `/v1/mcp/approvals/${id}`, { token: (await app.signIn()).token })).status).toBe(404);
  await person.call('DELETE', `/organization/members/${guest.user.id}`);
  await held.approve(id, { by: by() });
  expect(await poll(id, { person })).toMatchObject({
    execution: { status: 'not_sent', error: { code: 'SERVER_ACCESS_LOST' } },
  });
  expect(upstream.memory.count('write', 'left')).toBe(0);
});

const pendingId = async (label: string): Promise<ApprovalId> => {
  const ask = async () => {
    const [row] = await app
      .get(Database)
      .sql<{ id: ApprovalId }>(
        `select id from approval_requests where status = 'pending' and arguments->>'label' = $1`,
        [label],
      );
    return row?.id;
  };
  const id = await eventually(ask, (found) => found !== undefined);
  if (!id) throw new Error('It is there.');
  return id;
};

/** The clock went on further than an access token lasts. */
async function freshly(person: Person): Promise<Person> {
  return new Organizations(app).refreshed(person);
}
