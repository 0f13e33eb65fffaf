import type { PlanNode } from '@app/session-protocol';
import type { ServerRow } from '../support/app.js';
import { TRANSPORTS } from '../support/session-clients.js';
import {
  becomes,
  ended,
  isError,
  type JoinedClient,
  propose,
  type Scene,
  settled,
  startScene,
} from './support/scene.js';

let scene: Scene;
/** Its rules let everything through. */
let open: ServerRow;
beforeAll(async () => {
  scene = await startScene();
  open = await scene.app.addServer(scene.person, scene.upstream.url, { approval_policy: 'auto_approve' });
});
afterAll(() => scene.stop());

const nextPlan = async (client: JoinedClient) => {
  const { payload } = await client.next('task_graph_proposal');
  const nodes = payload.nodes as PlanNode[];
  return { nodes, title: payload.title, of: (tool: string) => nodes.find((node) => node.tool === tool) };
};

describe.each(TRANSPORTS)('over $name', (transport) => {
  const join = async () => scene.join(transport, { serverId: open.id, session: await scene.newSession(open) });
  const label = (name: string) => `${transport.name}: ${name}`;

  test('a finished plan runs again from a task: results before it are reused, effects are asked anew', async () => {
    const client = await join();
    const name = label('rerun');
    const { ids, nodes } = await propose(client, {
      plan: [
        { key: 'rows', tool: 'read', arguments: { label: name } },
        {
          key: 'line',
          tool: 'write_rows',
          arguments: { label: name, rows: { $ref: 'rows#/structuredContent/rows' } },
        },
        { key: 'aside', tool: 'write', arguments: { label: name, text: 'aside' } },
      ],
    });
    expect(nodes.map(({ id }) => id)).toEqual(['node1', 'node2', 'node3']);
    await client.next(ended('done'));
    const { line = '', rows = '' } = ids;

    client.send('rerun_from', { node_id: line, decision_id: 'd1' });
    client.send('rerun_from', { node_id: line, decision_id: 'd1' });
    const again = await nextPlan(client);
    const decision = await client.seen(({ payload }) => payload.decision === 'rerun');
    expect(decision.payload).toMatchObject({ node_id: line, by: { username: scene.person.user.username } });
    expect(again.nodes.map(({ id }) => id)).toEqual(['node4', 'node5']);
    expect(again.of('read')).toMatchObject({ status: 'succeeded', reused_from: rows });
    expect(again.of('write_rows')).toMatchObject({ status: 'pending', rerun_of: line, depends_on: ['node4'] });
    await settled(client);
    expect(client.frames.filter(({ payload }) => payload.decision === 'rerun')).toHaveLength(1);
    expect(client.frames.some(becomes('node5', 'approved'))).toBe(false);

    client.send('approve_task', { node_id: 'node5' });
    const { payload } = await client.next(becomes('node5', 'succeeded'));
    expect(payload.result).toMatchObject({ preview: 'Wrote 2 rows.' });
    await client.next(ended('done'));
    const { memory } = scene.upstream;
    const counts = ['read', 'write_rows', 'write'].map((tool) => memory.count(tool, name));
    expect(counts).toEqual([1, 2, 1]);
  });

  test('reads follow the rules, and an effect after them still waits for a person, remembered approvals or not', async () => {
    const client = await join();
    const name = label('reads');
    await propose(client, {
      plan: [
        { key: 'rows', tool: 'read', arguments: { label: name } },
        { key: 'line', tool: 'write', arguments: { label: name, text: 'x' }, depends_on: ['rows'] },
        { key: 'more', tool: 'write', arguments: { label: name, text: 'y' }, depends_on: ['rows'] },
      ],
    });
    await client.next(ended('done'));
    client.send('rerun_from', { node_id: 'node1' });
    await nextPlan(client);
    await client.next(becomes('node4', 'succeeded'));
    client.send('approve_task', { node_id: 'node5', remember: 'tool_in_session' });
    await client.next(becomes('node5', 'succeeded'));
    expect(client.frames.some(becomes('node6', 'approved'))).toBe(false);
    client.send('reject_task', { node_id: 'node6' });
    await client.next(ended('done'));
    expect(scene.upstream.memory.count('read', name)).toBe(2);
    expect(scene.upstream.memory.count('write', name)).toBe(3);
  });

  test('a plan that failed runs again from where it failed, and what was skipped comes back', async () => {
    const client = await join();
    const name = label('failed');
    scene.upstream.memory.failNext(name, 1);
    await propose(client, {
      plan: [
        { key: 'try', tool: 'flaky', arguments: { label: name } },
        { key: 'then', tool: 'read', arguments: { label: name }, depends_on: ['try'] },
      ],
    });
    await client.next(ended('done'));
    client.send('rerun_from', { node_id: 'node1' });
    const again = await nextPlan(client);
    expect(again.nodes.map(({ status }) => status)).toEqual(['pending', 'pending']);
    client.send('approve_task', { node_id: 'node3' });
    await client.next(becomes('node4', 'succeeded'));
    await client.next(ended('done'));
  });

  test('nothing runs again beside what goes on, and an unknown task is refused', async () => {
    const client = await join();
    const name = label('busy');
    await propose(client, { plan: [{ key: 'hold', tool: 'hold', arguments: { label: name } }] });
    await scene.upstream.memory.called('hold', name);
    client.send('rerun_from', { node_id: 'node1' }, { id: 'busy' });
    await client.next(isError('SESSION_BUSY', 'busy'));
    client.send('rerun_from', { node_id: 'node9' }, { id: 'unknown' });
    await client.next(isError('NODE_NOT_FOUND', 'unknown'));
    client.send('stop', {});
    await client.next(ended('stopped'));
    client.send('rerun_from', { node_id: 'node1' });
    await scene.upstream.memory.called('hold', name, 2);
    client.send('stop', {});
    await client.next(ended('stopped'));
  });
});
