import { eventually } from '../support/app.js';
import { Inbox } from './support/inbox.js';
import { becomes, proposeOne, type Scene, startScene } from './support/scene.js';

let scene: Scene;
let inbox: Inbox;

beforeAll(async () => {
  scene = await startScene();
  inbox = new Inbox(scene);
}, 60_000);
afterAll(() => scene.stop());
afterEach(async () => {
  for (const { id } of await grants()) await scene.person.call('DELETE', `/approvals/grants/${id}`);
});

const grants = async () =>
  (await scene.person.call<{ grants: { id: string; uses_left: number }[] }>('GET', '/approvals/grants')).body.grants;
const usesLeft = async () => (await grants()).map(({ uses_left }) => uses_left);

/** From now on so many calls with labels below this one need nobody's word. */
async function allow(label: string, times: number): Promise<void> {
  const { id } = await inbox.hold(`${label}/allowed`);
  const scope = { type: 'matching', match: { '/label': { prefix: label } }, max_uses: times };
  expect((await inbox.decide(id, { decision: 'approve', scope })).status).toBe(200);
  await inbox.get(id);
  expect(await usesLeft()).toEqual([times]);
}

const argumentsOf = (label: string) => ({ label, text: 'x' });

describe('a permission for two calls', () => {
  test.each([
    [
      'of a program',
      (label: string) =>
        scene.app.api('POST', '/v1/mcp/execute/tool', {
          token: scene.person.token,
          body: { serviceId: scene.server.id, toolName: 'write', parameters: argumentsOf(label) },
        }),
    ],
    [
      'at the playground',
      (label: string) =>
        scene.person.call('POST', `/servers/${scene.server.id}/tools/write/call`, { arguments: argumentsOf(label) }),
    ],
  ])('has what it had after calls %s that were not sent, and lets through two that are', async (how, call) => {
    const label = `/${how}`;
    await allow(label, 2);
    await scene.upstream.die();
    for (let time = 0; time < 3; time += 1) expect((await call(`${label}/away`)).status).toBeGreaterThanOrEqual(500);
    expect(await usesLeft()).toEqual([2]);
    await scene.upstream.revive();
    await eventually(
      () => call(`${label}/made`),
      ({ status }) => status === 200,
    );
    expect(await usesLeft()).toEqual([1]);
    expect((await call(`${label}/made`)).status).toBe(200);
    expect(await usesLeft()).toEqual([]);
    expect([inbox.count('write', `${label}/away`), inbox.count('write', `${label}/made`)]).toEqual([0, 2]);
  });

  test('has what it had after a task that no try of was sent', async () => {
    await allow('/given up', 2);
    const client = await inbox.join();
    await scene.upstream.die();
    const { node } = await proposeOne(client, 'write', argumentsOf('/given up/task'));
    const { payload } = await client.next(becomes(node, 'failed'));
    expect(payload).toMatchObject({ attempt: 3 });
    expect(await usesLeft()).toEqual([2]);
    await scene.upstream.revive();
  });
});

test('a permission for one call is enough for a task that is tried again, since it was not sent before', async () => {
  await allow('/again', 1);
  const client = await inbox.join();
  await scene.upstream.die();
  const { node } = await proposeOne(client, 'write', argumentsOf('/again/task'));
  await client.next(becomes(node, 'retrying'));
  expect(await usesLeft()).toEqual([1]);
  await scene.upstream.revive();
  await client.next(becomes(node, 'succeeded'));
  expect(await usesLeft()).toEqual([]);
  expect(inbox.count('write', '/again/task')).toBe(1);
});

test('a call that was lost has taken its use, even if it could not be sent once more', async () => {
  const { memory } = scene.upstream;
  const tool = 'hold_safe_write';
  const call = (label: string) =>
    scene.person.call<{ approval_id?: string; status?: string; code?: string }>(
      'POST',
      `/servers/${scene.server.id}/tools/${tool}/call`,
      { arguments: { label } },
    );
  const { body } = await call('/lost/allowed');
  const scope = { type: 'matching', match: { '/label': { prefix: '/lost' } }, max_uses: 2 };
  await inbox.decide(body.approval_id ?? '', { decision: 'approve', scope });
  await memory.called(tool, '/lost/allowed');
  memory.release();
  await inbox.get(body.approval_id ?? '');
  expect(await usesLeft()).toEqual([2]);
  const calling = call('/lost/call');
  await memory.called(tool, '/lost/call');
  await scene.upstream.die();
  expect(JSON.stringify((await calling).body)).not.toContain('not_sent');
  expect(await usesLeft()).toEqual([1]);
  await scene.upstream.revive();
});
