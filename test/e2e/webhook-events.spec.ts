import { WEBHOOK_EVENT_TYPES } from '../../src/core/webhooks/webhook-event.js';
import { eventually } from '../support/app.js';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.js';
import { blocksOf, readPage } from './docs/markdown.js';
import { Inbox } from './support/inbox.js';
import { becomes, ended, propose, proposeOne, type Scene, startScene } from './support/scene.js';
import { logOf, makeHook, makeKey, type Told } from './support/webhooks.js';

type Event = Told['payload'];

let scene: Scene;
let inbox: Inbox;
let receiver: WebhookReceiver;

beforeAll(async () => {
  scene = await startScene();
  inbox = new Inbox(scene);
}, 60_000);
beforeEach(async () => {
  receiver = await startWebhookReceiver();
});
afterEach(() => receiver.close());
afterAll(() => scene.stop());

const told = (): Event[] => receiver.received.map(({ body }) => JSON.parse(body) as Event);
const ofType = (type: string) => told().filter((event) => event.type === type);

/** What a webhook of these types is told of the work, once nothing more is on its way. */
async function listen(events: readonly string[], work: () => Promise<void>, count: number): Promise<Event[]> {
  const hook = await makeHook(scene.person, receiver.url, [...events]);
  await work();
  await eventually(
    () => logOf(scene.person, hook.id, '?status=succeeded'),
    ({ deliveries }) => deliveries.length >= count,
  );
  expect((await logOf(scene.person, hook.id, '?status=pending')).deliveries).toEqual([]);
  await scene.person.call('DELETE', `/webhooks/${hook.id}`);
  const found = told();
  expect(found.map(({ type }) => type).sort()).toHaveLength(count);
  return found;
}

test('a call that waits is told when it begins to, when somebody decides, and when it has its result', async () => {
  const events = ['approval.requested', 'approval.decided', 'call.finished'];
  let id = '';
  const work = async () => {
    ({ id } = await inbox.hold('told'));
    expect((await inbox.decide(id, { decision: 'approve' })).status).toBe(200);
    await inbox.get(id);
  };
  const found = await listen(events, work, 3);
  expect(found.map(({ type }) => type).sort()).toEqual([...events].sort());
  const at = { approval_id: id, server_id: scene.server.id, tool: 'write' };
  expect(ofType('approval.requested')).toMatchObject([{ data: { ...at, kind: 'call' } }]);
  expect(ofType('approval.decided')).toMatchObject([{ data: { ...at, kind: 'call', status: 'approved' } }]);
  const logId = expect.stringMatching(/^log_/) as string;
  expect(ofType('call.finished')).toMatchObject([{ data: { ...at, status: 'succeeded', log_id: logId } }]);
});

test('a plan is told once when it has ended, with how, and nothing of what its tools said', async () => {
  let session = '';
  const work = async () => {
    const client = await inbox.join();
    session = client.session;
    const { node } = await proposeOne(client, 'write', { label: 'told', text: 'canary' });
    client.send('approve_task', { node_id: node });
    await client.next(becomes(node, 'succeeded'));
    await client.next(ended('done'));
    const { ids } = await propose(client, {
      plan: [
        { key: 'bad', tool: 'fail', arguments: {} },
        { key: 'idle', tool: 'write', arguments: { text: 'x' } },
      ],
    });
    client.send('approve_task', { node_id: ids.bad ?? '' });
    await client.next(becomes(ids.bad ?? '', 'failed'));
    client.send('reject_task', { node_id: ids.idle ?? '' });
    await client.next(ended('done'));
  };
  const found = await listen(['run.finished'], work, 2);
  const at = { session_id: session, server_id: scene.server.id, user_id: scene.person.user.id };
  const outcomes = new Map(found.map(({ data }) => [data.outcome, data]));
  expect(outcomes.get('succeeded')).toMatchObject({ ...at, tasks: { succeeded: 1 } });
  expect(outcomes.get('failed')).toMatchObject({ ...at, tasks: { failed: 1, rejected: 1 } });
  expect(JSON.stringify(found)).not.toContain('canary');
});

test('a definition that changes, and a key, are told once each', async () => {
  const events = ['tool.changed', 'key.created', 'key.rotated', 'key.revoked'];
  const work = async () => {
    scene.upstream.memory.describe('erase', 'Erases more.');
    for (let look = 0; look < 2; look += 1) await scene.person.call('POST', `/servers/${scene.server.id}/check`);
    const { id } = await makeKey(scene.person, 'Nightly');
    const rotated = await scene.person.call<{ api_key: { id: string } }>('POST', `/user/api-keys/${id}/rotate`, {});
    await scene.person.call('DELETE', `/user/api-keys/${rotated.body.api_key.id}`);
  };
  const found = await listen(events, work, 4);
  expect(found.map(({ type }) => type).sort()).toEqual([...events].sort());
  expect(ofType('tool.changed')).toMatchObject([
    { data: { server_id: scene.server.id, tool: 'erase', state: 'changed' } },
  ]);
});

/** The facts of each type, by their names, as the page has them. */
const documented = new Map(
  blocksOf(readPage('docs/webhooks.md'))
    .filter(({ info }) => info === 'jsonl')
    .flatMap(({ text }) => text.trim().split('\n'))
    .map((line) => {
      const { type, data } = JSON.parse(line) as Event;
      return [type, Object.keys(data).sort()];
    }),
);

test('the page on webhooks has an example of each type, with the facts that are sent', async () => {
  expect([...documented.keys()].sort()).toEqual([...WEBHOOK_EVENT_TYPES].sort());
  const hook = await makeHook(
    scene.person,
    receiver.url,
    WEBHOOK_EVENT_TYPES.filter((type) => type !== 'webhook.test'),
  );
  await scene.person.call('POST', `/webhooks/${hook.id}/test`);
  const { id } = await inbox.hold('documented');
  await inbox.decide(id, { decision: 'approve' });
  const { id: key } = await makeKey(scene.person);
  const rotated = await scene.person.call<{ api_key: { id: string } }>('POST', `/user/api-keys/${key}/rotate`, {});
  await scene.person.call('DELETE', `/user/api-keys/${rotated.body.api_key.id}`);
  const client = await inbox.join();
  const { node } = await proposeOne(client, 'write', { label: 'documented', text: 'x' });
  client.send('reject_task', { node_id: node });
  scene.upstream.memory.describe('read', 'Reads more.');
  await scene.person.call('POST', `/servers/${scene.server.id}/check`);
  await scene.upstream.die();
  await scene.person.call('POST', `/servers/${scene.server.id}/check`);
  const missing = () => WEBHOOK_EVENT_TYPES.filter((type) => ofType(type).length === 0);
  await eventually(missing, (types) => types.length === 0);
  for (const { type, data } of told()) {
    expect([type, Object.keys(data).sort()]).toEqual([type, documented.get(type)]);
  }
});
