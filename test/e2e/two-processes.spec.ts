import { serverTopic } from '../../src/core/registry/server.js';
import { Database } from '../../src/platform/database/database.js';
import { Hints } from '../../src/platform/hints/hints.js';
import { eventually, type Person, startTestApp, type TestApp } from '../support/app.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/upstreams/scripted-upstream.js';

let upstream: ScriptedUpstream;
let one: TestApp;
let other: TestApp;
let ada: Person;
let serverId: string;

beforeAll(async () => {
  [one, upstream] = await Promise.all([startTestApp(), startScriptedUpstream()]);
  other = await startTestApp({ DATABASE_URL: one.databaseUrl, DATA_DIR: one.dataDirectory });
  ada = await one.signIn();
  serverId = (await one.addServer(ada, upstream.url, { approval_policy: 'auto_approve' })).id;
}, 60_000);
afterAll(async () => {
  await other.stop();
  await one.stop();
  await upstream.close();
});

const execute = (label: string) =>
  other.api('POST', '/v1/mcp/execute/tool', {
    token: ada.token,
    body: { serviceId: serverId, toolName: 'write', parameters: { label, text: 'x' } },
  });
/** Once the other process heard that something is different about the server. */
async function heardOf(change: () => Promise<{ status: number }>): Promise<void> {
  let stop = () => undefined as void;
  const heard = new Promise<void>((resolve) => {
    stop = other.get(Hints).subscribe(serverTopic(serverId), () => resolve());
  });
  expect((await change()).status).toBe(200);
  await heard;
  stop();
}
const toolPath = (what = '') => `/servers/${serverId}/tools/write${what}`;

test('what is decided in one process counts in another as soon as that hears of it', async () => {
  expect((await execute('warm')).status).toBe(200);
  await heardOf(() => ada.call('PATCH', toolPath(), { approval_policy: 'require_approval_all' }));
  expect((await execute('asked')).status).toBe(202);
  await heardOf(() => ada.call('PATCH', toolPath(), { approval_policy: null }));
  expect((await execute('again')).status).toBe(200);

  const { body } = await ada.call<{ tool: { pin: string } }>('GET', toolPath());
  await heardOf(() => ada.call('POST', toolPath('/reject'), { pin: body.tool.pin, reason: 'Never.' }));
  const refused = await execute('rejected');
  expect([refused.status, refused.text.includes('TOOL_QUARANTINED')]).toEqual([409, true]);
  await heardOf(() => ada.call('POST', toolPath('/approve'), { pin: body.tool.pin }));
  await heardOf(() => ada.call('PUT', `/servers/${serverId}`, { approval_policy: 'require_approval_all' }));
  expect((await execute('all')).status).toBe(202);
  await heardOf(() => ada.call('PUT', `/servers/${serverId}`, { approval_policy: 'auto_approve' }));
  expect((await execute('auto')).status).toBe(200);
  expect(['asked', 'rejected', 'all'].map((label) => upstream.memory.count('write', label))).toEqual([0, 0, 0]);
});

test('what it does not hear of counts there, too, after some seconds', async () => {
  expect((await execute('warm')).status).toBe(200);
  const says = async () => (await execute('unheard')).status;
  await one.get(Database).sql(`update tool_states set state = 'rejected' where server_id = $1`, [serverId]);
  await eventually(says, (status) => status === 409);
  const sent = upstream.memory.count('write', 'unheard');
  expect([await says(), upstream.memory.count('write', 'unheard')]).toEqual([409, sent]);
}, 30_000);
