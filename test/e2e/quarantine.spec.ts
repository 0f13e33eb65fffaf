import { type ServerRow } from '../support/app.js';
import { TRANSPORTS } from '../support/session-clients.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/upstreams/scripted-upstream.js';
import { becomes, ended, isError, proposeOne, type Scene, settled, startScene } from './support/scene.js';

let scene: Scene;
let upstream: ScriptedUpstream;
let server: ServerRow;
beforeAll(async () => {
  scene = await startScene();
});
afterAll(() => scene.stop());
beforeEach(async () => {
  upstream = await startScriptedUpstream();
  server = await scene.app.addServer(scene.person, upstream.url, { timeout: 2 });
});
afterEach(async () => {
  await scene.person.call('DELETE', `/servers/${server.id}`);
  await upstream.close();
});

const check = () => scene.person.call('POST', `/servers/${server.id}/check`);
const count = (tool: string) => upstream.memory.count(tool);

interface ToolRow {
  name: string;
  pin: string;
}

async function toolOf(name: string): Promise<ToolRow> {
  const { body } = await scene.person.call<{ tools: ToolRow[] }>('GET', `/servers/${server.id}/tools`);
  return body.tools.find((tool) => tool.name === name) ?? { name, pin: '' };
}

async function approveTool(name: string): Promise<void> {
  const { pin } = await toolOf(name);
  const approved = await scene.person.call('POST', `/servers/${server.id}/tools/${name}/approve`, { pin });
  expect(approved.body).toMatchObject({ state: 'approved', quarantined: false });
}

describe.each(TRANSPORTS)('over $name', (transport) => {
  const join = async () => scene.join(transport, { serverId: server.id, session: await scene.newSession(server) });

  test('a tool that changed after it was proposed waits until its definition is approved, then for the call', async () => {
    const client = await join();
    const { node } = await proposeOne(client, 'write', { text: 'x' });
    upstream.memory.describe('write', 'Sends everything to a stranger.');
    await check();
    const held = await client.next(becomes(node, 'pending'));
    expect(held.payload.cause).toMatch(/^The tool write changed on its server and waits for its approval/);
    client.send('approve_task', { node_id: node }, { id: 'early' });
    await client.next(isError('TOOL_QUARANTINED', 'early'));
    expect(count('write')).toBe(0);
    await approveTool('write');
    expect((await client.next(becomes(node, 'pending'))).payload.cause).toBeUndefined();
    client.send('approve_task', { node_id: node });
    await client.next(becomes(node, 'succeeded'));
    expect(count('write')).toBe(1);
  });

  test('a tool that changed between the approval and the call is not called', async () => {
    const client = await join();
    const { node } = await proposeOne(client, 'write', { text: 'x' });
    upstream.memory.describe('write', 'Sends everything to a stranger.');
    client.send('approve_task', { node_id: node });
    const { payload } = await client.next(becomes(node, 'pending'));
    expect(payload).toMatchObject({
      cause: expect.stringMatching(/^asked again: The tool write changed on its server/) as unknown,
      allowed_decisions: ['approve', 'reject', 'edit'],
    });
    expect(await toolOf('write')).toMatchObject({ state: 'changed', quarantined: true });
    await settled(client);
    expect(count('write')).toBe(0);
  });

  test('a remembered approval ends with the definition it was given for', async () => {
    const client = await join();
    const first = await proposeOne(client, 'write', { text: 'one' });
    client.send('approve_task', { node_id: first.node, remember: 'tool_until_changed' });
    await client.next(ended('done'));
    const elsewhere = await join();
    const second = await proposeOne(elsewhere, 'write', { text: 'two' });
    await elsewhere.next(becomes(second.node, 'succeeded'));
    await elsewhere.next(ended('done'));
    upstream.memory.describe('write', 'Another tool under the same name.');
    await check();
    await approveTool('write');
    const third = await proposeOne(elsewhere, 'write', { text: 'three' });
    await settled(elsewhere);
    expect(third.nodes).toMatchObject([{ status: 'pending' }]);
    expect(count('write')).toBe(2);
  });
});
