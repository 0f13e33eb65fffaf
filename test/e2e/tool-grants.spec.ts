import { IdentityService } from '../../src/core/identity/identity.service.js';
import { ToolGrants } from '../../src/core/registry/tool-grants.service.js';
import type { ServerId } from '../../src/platform/ids.js';
import { eventually, type Person, type ServerRow } from '../support/app.js';
import { Organizations } from '../support/organizations.js';
import { TRANSPORTS, type Transport } from '../support/session-clients.js';
import { startListingUpstream } from '../support/upstreams/listing-upstream.js';
import { becomes, isError, proposeOne, type Scene, startScene } from './support/scene.js';

interface Listed {
  tools: { name: string; may_call: boolean; callers: object | null }[];
}

const raw = TRANSPORTS[0] as Transport;

let scene: Scene;
let owner: Person;
let ada: Person;
let server: ServerRow;
beforeAll(async () => {
  scene = await startScene();
  owner = scene.person;
  ada = await new Organizations(scene.app).join(owner, 'developer');
}, 60_000);
afterAll(() => scene.stop());
beforeEach(async () => {
  server = await scene.app.addServer(owner, scene.upstream.url, { approval_policy: 'auto_approve' });
});
afterEach(() => owner.call('DELETE', `/servers/${server.id}`));

const setCallers = (tool: string, callers: object, by: Person = owner) =>
  by.call<Listed['tools'][number] & { code: string }>('PUT', `/servers/${server.id}/tools/${tool}/callers`, callers);
const callTool = (person: Person, tool = 'write', options: object = {}) =>
  person.call<{ code: string }>('POST', `/servers/${server.id}/tools/${tool}/call`, {
    arguments: tool === 'write' ? { label: 'x', text: 'y' } : { label: 'x' },
    ...options,
  });
const listed = async (person: Person, tool = 'write') =>
  (await person.call<Listed>('GET', `/servers/${server.id}/tools`)).body.tools.find(({ name }) => name === tool);
const makeKey = async (person: Person, fields: object) => {
  const body = { name: 'Limited', scopes: ['mcp:read', 'mcp:execute'], ...fields };
  const made = await person.call<{ api_key: { id: string; key: string; tools: object[] | null } }>(
    'POST',
    '/user/api-keys',
    body,
  );
  expect(made.status).toBe(201);
  return made.body.api_key;
};
const withKey = (person: Person, key: string) => new Organizations(scene.app).withToken(person, key);

describe('who may call a tool', () => {
  test('is said by role, and counts at the next call, at every door', async () => {
    expect((await callTool(ada)).status).toBe(200);
    expect((await setCallers('write', { least_role: 'admin', users: null })).body).toMatchObject({
      may_call: true,
      callers: { least_role: 'admin', users: [] },
    });
    expect((await callTool(owner)).status).toBe(200);
    const refused = await callTool(ada);
    expect([refused.status, refused.body.code]).toEqual([403, 'TOOL_NOT_GRANTED']);
    const executed = await scene.app.api('POST', '/v1/mcp/execute/tool', {
      token: ada.token,
      body: { serviceId: server.id, toolName: 'write', parameters: { label: 'x', text: 'y' } },
    });
    expect(executed.status).toBe(403);
    expect(executed.text).toContain('TOOL_NOT_GRANTED');
    const judged = await ada.call('POST', `/servers/${server.id}/tools/write/call`, {
      arguments: { label: 'x', text: 'y' },
      dry_run: true,
    });
    expect(judged.body).toMatchObject({ would: 'refuse' });
    expect((await callTool(ada, 'erase')).status).toBe(200);
    expect((await setCallers('write', { least_role: null, users: null })).body.callers).toBeNull();
    expect((await callTool(ada)).status).toBe(200);
  });

  test('is said by name, whatever the role; a list without anybody lets nobody in', async () => {
    await setCallers('write', { least_role: null, users: [ada.user.id] });
    expect((await callTool(ada)).status).toBe(200);
    expect((await callTool(owner)).body.code).toBe('TOOL_NOT_GRANTED');
    await setCallers('write', { least_role: null, users: [] });
    expect((await callTool(ada)).body.code).toBe('TOOL_NOT_GRANTED');
  });

  test('is shown with the tool: all names to who manages the server, the own one to others', async () => {
    await setCallers('write', { least_role: 'admin', users: [owner.user.id, ada.user.id] });
    const names = (await listed(owner))?.callers as { users: { username: string }[] };
    expect(names.users.map(({ username }) => username).sort()).toEqual([owner.user.username, ada.user.username].sort());
    expect(await listed(ada)).toMatchObject({
      may_call: true,
      callers: { users: [{ user_id: ada.user.id, username: ada.user.username }] },
    });
    await setCallers('write', { least_role: 'admin', users: null });
    expect(await listed(ada)).toMatchObject({ may_call: false, callers: { least_role: 'admin', users: [] } });
  });

  test('is changed by who manages the server, with members only, and is recorded', async () => {
    expect((await setCallers('write', { least_role: null, users: null }, ada)).body.code).toBe('SERVER_ACCESS_TOO_LOW');
    const stranger = await scene.app.signIn();
    expect((await setCallers('write', { least_role: null, users: [stranger.user.id] })).status).toBe(400);
    expect((await setCallers('nothing', { least_role: null, users: null })).status).toBe(404);
    expect((await setCallers('write', { least_role: null, users: null }, stranger)).status).toBe(404);
    await setCallers('erase', { least_role: 'owner', users: null });
    const { body } = await owner.call<{ activities: { action: string; details: object }[] }>('GET', '/activity');
    const told = JSON.stringify(body);
    expect(told).toContain('tool.callers_changed');
  });

  test('a refusal has its line in the log of requests', async () => {
    await setCallers('write', { least_role: 'owner', users: null });
    await callTool(ada);
    const seen = await eventually(
      async () => (await ada.call<{ requests: { tool: string; status: string }[] }>('GET', '/requests')).text,
      (text) => text.includes('TOOL_NOT_GRANTED') || text.includes('refused'),
    );
    expect(seen).toContain('write');
  });

  test('goes with a tool that is renamed, and is there again when the tool is', async () => {
    const schema = { type: 'object', properties: { invoice: { type: 'string' }, amount: { type: 'number' } } };
    const pay = (name: string) => ({ name, description: 'Pays an invoice from the account.', inputSchema: schema });
    const tools = [pay('pay_invoice')];
    const upstream = await startListingUpstream(tools);
    const { id } = await scene.app.addServer(owner, upstream.url, { approval_policy: 'auto_approve' });
    const pays = (name: string) =>
      ada.call<{ code: string }>('POST', `/servers/${id}/tools/${name}/call`, { arguments: { invoice: 'x' } });
    const offer = async (name: string) => {
      tools.splice(0, 1, pay(name));
      await owner.call('POST', `/servers/${id}/check`);
    };
    await owner.call('PUT', `/servers/${id}/tools/pay_invoice/callers`, {
      least_role: 'owner',
      users: [owner.user.id],
    });
    await offer('settle_invoice');
    expect((await pays('settle_invoice')).body.code).toBe('TOOL_NOT_GRANTED');
    await offer('pay_invoice');
    expect((await pays('pay_invoice')).body.code).toBe('TOOL_NOT_GRANTED');
    expect(upstream.calls).toEqual([]);
    await owner.call('DELETE', `/servers/${id}`);
    await upstream.close();
  });

  test('is asked again when a held call is let through', async () => {
    await owner.call('PUT', `/servers/${server.id}`, { approval_policy: 'require_approval_all' });
    const waiting = await ada.call<{ approval_id: string }>('POST', `/servers/${server.id}/tools/write/call`, {
      arguments: { label: 'held', text: 'y' },
    });
    expect(waiting.status).toBe(202);
    await setCallers('write', { least_role: 'owner', users: null });
    const before = scene.upstream.memory.count('write', 'held');
    await owner.call('POST', `/approvals/${waiting.body.approval_id}/decide`, { decision: 'approve' });
    const ended = await eventually(
      () => ada.call('GET', `/approvals/${waiting.body.approval_id}`),
      ({ text }) => text.includes('TOOL_NOT_GRANTED'),
    );
    expect(ended.text).toContain('TOOL_NOT_GRANTED');
    expect(scene.upstream.memory.count('write', 'held')).toBe(before);
  });

  test('counts in a session: the model is not offered the tool, and a plan does not call it', async () => {
    const session = (await ada.call<{ id: string }>('POST', '/sessions', { server_id: server.id })).body.id;
    const client = await scene.join(raw, { serverId: server.id, session, token: ada.token });
    await owner.call('PUT', `/servers/${server.id}`, { approval_policy: 'require_approval_all' });
    const { node } = await proposeOne(client, 'write', { label: 'planned', text: 'y' });
    await setCallers('write', { least_role: 'owner', users: null });
    client.send('approve_task', { node_id: node });
    const { payload } = await client.next(becomes(node, 'failed'));
    expect(JSON.stringify(payload)).toContain('TOOL_NOT_GRANTED');
    expect(scene.upstream.memory.count('write', 'planned')).toBe(0);
    client.send('chat_message', { text: JSON.stringify({ say: 'hello' }), client_msg_id: 'after' });
    const offered = await eventually(
      () => JSON.stringify(scene.gemini.requests.at(-1)?.body ?? {}),
      (text) => text.includes('hello'),
    );
    expect(offered).toContain('"name":"erase"');
    expect(offered).not.toContain('"name":"write"');
  });
});

describe('a key that is limited to some tools', () => {
  test('calls those, is refused the others of the same user, and says so in its list', async () => {
    const tools = [{ server_id: server.id, tool: 'write' }];
    const made = await makeKey(ada, { tools });
    expect(made.tools).toEqual(tools);
    const program = withKey(ada, made.key);
    expect((await callTool(program)).status).toBe(200);
    const refused = await callTool(program, 'erase');
    expect([refused.status, refused.body.code]).toEqual([403, 'TOOL_NOT_GRANTED']);
    expect(await listed(program, 'write')).toMatchObject({ may_call: true });
    expect(await listed(program, 'erase')).toMatchObject({ may_call: false });
    expect((await callTool(ada, 'erase')).status).toBe(200);
    const keys = (await ada.call<{ api_keys: { id: string; tools: unknown }[] }>('GET', '/user/api-keys')).body
      .api_keys;
    expect(keys.find(({ id }) => id === made.id)?.tools).toEqual(tools);
    const rotated = await ada.call<{ api_key: { key: string } }>('POST', `/user/api-keys/${made.id}/rotate`);
    expect((await callTool(withKey(ada, rotated.body.api_key.key), 'erase')).body.code).toBe('TOOL_NOT_GRANTED');
  });

  test('never has more than its user', async () => {
    await setCallers('write', { least_role: 'owner', users: null });
    const { key } = await makeKey(ada, { tools: [{ server_id: server.id, tool: '*' }] });
    expect((await callTool(withKey(ada, key))).body.code).toBe('TOOL_NOT_GRANTED');
    expect((await callTool(withKey(ada, key), 'erase')).status).toBe(200);
  });

  test('reads resources only of servers that it has wholly, and is kept out of sessions', async () => {
    const some = withKey(ada, (await makeKey(ada, { tools: [{ server_id: server.id, tool: 'write' }] })).key);
    const whole = withKey(ada, (await makeKey(ada, { tools: [{ server_id: server.id, tool: '*' }] })).key);
    const read = (by: Person) =>
      by.call<{ code: string }>('POST', `/servers/${server.id}/resources/read`, { uri: 'a://b' });
    expect((await read(some)).body.code).toBe('RESOURCES_NOT_GRANTED');
    expect((await some.call('GET', `/servers/${server.id}/resources`)).status).toBe(403);
    expect((await read(whole)).body.code).not.toBe('RESOURCES_NOT_GRANTED');
    const made = await some.call<{ code: string }>('POST', '/sessions', { server_id: server.id });
    expect([made.status, made.body.code]).toEqual([403, 'KEY_LIMITED']);
    const session = (await ada.call<{ id: string }>('POST', '/sessions', { server_id: server.id })).body.id;
    const client = await scene.join(raw, { serverId: server.id, session, token: some.token });
    client.send('chat_message', { text: 'hello', client_msg_id: 'limited' }, { id: 'limited' });
    await client.next(isError('KEY_LIMITED', 'limited'));
  });

  test('takes no list that cannot be one', async () => {
    const make = (tools: unknown) =>
      ada.call('POST', '/user/api-keys', { name: 'x', scopes: ['mcp:read'], tools }).then(({ status }) => status);
    expect(await make([{ server_id: server.id, tool: '' }])).toBe(400);
    expect(await make([{ server_id: server.id, tool: 'a\0b' }])).toBe(400);
    expect(await make([{ server_id: server.id, tool: 'a', more: 1 }])).toBe(400);
    expect(await make([])).toBe(201);
  });
});

test('what may be called is known at once, where it was asked for a moment ago', async () => {
  await setCallers('write', { least_role: 'admin', users: null });
  const grants = scene.app.get(ToolGrants);
  const identity = scene.app.get(IdentityService);
  const principal = await identity.authenticate({ scheme: 'bearer', token: ada.token }, { ip: '127.0.0.1' });
  const id = server.id as ServerId;
  expect(await grants.mayCall(principal, id, 'write')).toBe(false);
  expect(await grants.mayCall(principal, id, 'erase')).toBe(true);
  expect(grants.mayCall(principal, id, 'erase')).toBe(true);
  expect(grants.mayCall(principal, id, 'write')).toBe(false);
  expect(grants.mayCall(principal, id, 'nothing')).toBe(false);
});
