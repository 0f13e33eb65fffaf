import { HeldCalls } from '../../src/core/execution/held-calls.service.js';
import { Database } from '../../src/platform/database/database.js';
import type { ApprovalId, UserId } from '../../src/platform/ids.js';
import { eventually, type ServerRow } from '../support/app.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/upstreams/scripted-upstream.js';
import { Inbox, type Shown } from './support/inbox.js';
import { becomes, proposeOne, type Scene, startScene } from './support/scene.js';

type Detail = Shown & {
  definition: { name: string; description: string } | null;
  diff: { severity: string; changes: { kind: string; message: string }[] } | null;
};
interface Line {
  action: string;
  actor: { id: string } | null;
  subject: { id: string } | null;
  details: Record<string, unknown>;
}

let scene: Scene;
let inbox: Inbox;
let upstream: ScriptedUpstream;
let server: ServerRow;

beforeAll(async () => {
  scene = await startScene();
  inbox = new Inbox(scene);
}, 60_000);
afterAll(() => scene.stop());
beforeEach(async () => {
  upstream = await startScriptedUpstream();
  server = await scene.app.addServer(scene.person, upstream.url, { timeout: 2 });
});
afterEach(async () => {
  await scene.person.call('DELETE', `/servers/${server.id}`);
  await upstream.close();
});

const execute = (text: string) =>
  scene.app.api('POST', '/v1/mcp/execute/tool', {
    token: scene.person.token,
    body: { serviceId: server.id, toolName: 'write', parameters: { label: 'tools', text } },
  });
const stateOf = async (name: string) => {
  const { body } = await scene.person.call<{ tools: { name: string; state: string; quarantined: boolean }[] }>(
    'GET',
    `/servers/${server.id}/tools`,
  );
  return body.tools.find((tool) => tool.name === name);
};
const change = async (words: string): Promise<Detail> => {
  upstream.memory.describe('write', words);
  await scene.person.call('POST', `/servers/${server.id}/check`);
  const waiting = await eventually(
    () => inbox.list(`?kind=tool&server_id=${server.id}`),
    ({ approvals }) => approvals.length === 1,
  );
  return (await scene.person.call<Detail>('GET', `/approvals/${waiting.approvals[0]?.id}`)).body;
};
const activity = async (action: string, id: string) =>
  (await scene.person.call<{ activity: Line[] }>('GET', `/activity?action=${action}`)).body.activity.filter(
    ({ subject }) => subject?.id === id,
  );

describe('a definition that changed', () => {
  test('is in the list with the whole of it and what changed, and approved there it may be called', async () => {
    const item = await change('Writes a line, and sends it to a stranger.');
    expect(item).toMatchObject({
      kind: 'tool',
      status: 'pending',
      tool: 'write',
      can_decide: true,
      definition: { name: 'write', description: 'Writes a line, and sends it to a stranger.' },
      diff: { changes: [{ kind: expect.stringContaining('description') as string }] },
    });
    expect((await execute('early')).text).toContain('TOOL_QUARANTINED');
    const decided = await inbox.decide(item.id, { decision: 'approve', reason: 'Fine.' });
    expect([decided.status, decided.body]).toMatchObject([200, { status: 'approved', decision_reason: 'Fine.' }]);
    expect(await stateOf('write')).toMatchObject({ state: 'approved', quarantined: false });
    expect((await execute('late')).status).toBe(202);
    expect(await activity('approval.approved', item.id)).toMatchObject([
      { actor: { id: scene.person.user.id }, details: { kind: 'tool', tool: 'write', server_id: server.id } },
    ]);
    expect((await inbox.decide(item.id, { decision: 'deny' })).body.code).toBe('ALREADY_DECIDED');
  });

  test('denied there is rejected, and another one takes its place in the list', async () => {
    const item = await change('Second.');
    expect((await inbox.decide(item.id, { decision: 'deny', reason: 'Never.' })).body.status).toBe('denied');
    expect(await stateOf('write')).toMatchObject({ state: 'rejected', quarantined: true });
    const next = await change('Third.');
    const last = await change('Fourth.').then((found) =>
      found.id === next.id ? scene.person.call<Detail>('GET', `/approvals/${next.id}`).then(({ body }) => body) : found,
    );
    expect(last).toMatchObject({ status: 'pending', definition: { description: 'Fourth.' } });
    expect((await inbox.get(next.id)).status).toBe('superseded');
    expect(upstream.memory.count('write')).toBe(0);
  });
});

describe('a call that waited', () => {
  test('has one line in the log, with the request that asked and the rule that let it run', async () => {
    const { status, id } = await inbox.hold('logged', { serviceId: server.id });
    expect(status).toBe(202);
    await inbox.decide(id, { decision: 'approve' });
    await inbox.get(id);
    const lines = await eventually(
      async () =>
        (await scene.person.call<{ requests: Record<string, unknown>[] }>('GET', `/requests?q=${id}`)).body.requests,
      ([line]) => line?.status === 'succeeded',
    );
    expect(lines).toMatchObject([
      {
        approval_id: id,
        request_id: expect.stringMatching(/^req_/) as string,
        rule: 'a person approved this call',
        door: 'rest',
      },
    ]);
  });

  test('is approved without asking its server for anything, as nothing else waits for one meanwhile', async () => {
    const { id } = await inbox.hold('unseen', { serviceId: server.id });
    await upstream.die();
    await scene.app.get(Database).sql('update servers set tool_count = null where id = $1', [server.id]);
    await scene.person.call('PATCH', `/servers/${server.id}/tools/write`, { approval_policy: 'require_approval_all' });
    const by = { id: scene.person.user.id as UserId, name: 'Owner' };
    expect(await scene.app.get(HeldCalls).approve(id as ApprovalId, { by })).toBe('approved');
    await upstream.revive();
  });
});

test('what somebody decides on a task is in the activity once, wherever they decided', async () => {
  const client = await inbox.join();
  const one = await proposeOne(client, 'write', { label: 'told', text: 'one' });
  const first = (await inbox.ofNode(one.node))?.id ?? '';
  client.send('approve_task', { node_id: one.node });
  await client.next(becomes(one.node, 'succeeded'));
  const other = await proposeOne(await inbox.join(), 'write', { label: 'told', text: 'other' });
  const second = (await inbox.ofNode(other.node))?.id ?? '';
  await inbox.decide(second, { decision: 'deny', reason: 'no' });
  const by = { id: scene.person.user.id };
  expect(await activity('approval.approved', first)).toMatchObject([
    { actor: by, details: { kind: 'node', tool: 'write', session_id: client.session, node_id: one.node } },
  ]);
  expect(await activity('approval.denied', second)).toMatchObject([{ actor: by, details: { kind: 'node' } }]);
});

test('a server that is away again and again says until when its calls are held back', async () => {
  const circuit = async () =>
    (await scene.person.call<{ circuit: { state: string; open_until: string | null } }>('GET', `/servers/${server.id}`))
      .body.circuit;
  expect(await circuit()).toEqual({ state: 'closed', open_until: null });
  await scene.person.call('PATCH', `/servers/${server.id}/tools/read`, { approval_policy: 'auto_approve' });
  await upstream.die();
  const read = () =>
    scene.app.api('POST', '/v1/mcp/execute/tool', {
      token: scene.person.token,
      body: { serviceId: server.id, toolName: 'read', parameters: { label: 'away', rows: 1 } },
    });
  await eventually(
    async () => {
      await read();
      return circuit();
    },
    ({ state }) => state === 'open',
  );
  expect(Date.parse((await circuit()).open_until ?? '')).toBeGreaterThan(Date.now() - 30_000);
  await upstream.revive();
});
