import { TRANSPORTS } from '../support/session-clients.js';
import {
  becomes,
  ended,
  isError,
  propose,
  proposeOne,
  type Scene,
  said,
  settled,
  startScene,
} from './support/scene.js';

let scene: Scene;
beforeAll(async () => {
  scene = await startScene();
});
afterAll(() => scene.stop());

describe.each(TRANSPORTS)('over $name', (transport) => {
  const label = (name: string) => `${transport.name}: ${name}`;
  const count = (tool: string, name: string) => scene.upstream.memory.count(tool, label(name));

  describe('a rejection', () => {
    test('stops one branch: its dependants are skipped with the cause named, the other goes on', async () => {
      const client = await scene.join(transport);
      const args = { label: label('branch'), text: 'x' };
      const { ids } = await propose(client, {
        plan: [
          { key: 'a', title: 'Left', tool: 'read', arguments: { label: label('branch') } },
          { key: 'b', title: 'After left', tool: 'write', arguments: args, depends_on: ['a'] },
          { key: 'c', title: 'After that', tool: 'write', arguments: args, depends_on: ['b'] },
          { key: 'd', title: 'Right', tool: 'hold', arguments: { label: label('branch') } },
        ],
      });
      const { a = '', b = '', c = '', d = '' } = ids;
      client.send('reject_task', { node_id: a, reason: 'private' });
      client.send('approve_task', { node_id: d });
      for (const node of [b, c]) {
        expect((await client.seen(becomes(node, 'skipped'))).payload.cause).toBe('Left was rejected');
      }
      await scene.upstream.memory.called('hold', label('branch'));
      scene.upstream.memory.release();
      await client.seen(becomes(d, 'succeeded'));
      await client.seen(ended('done'));
      expect(count('write', 'branch')).toBe(0);
    });

    test('is not taken back, but the task can be tried after all, and what was skipped is asked again', async () => {
      const client = await scene.join(transport);
      const { ids } = await propose(client, {
        plan: [
          { key: 'a', tool: 'read', arguments: { label: label('after all') } },
          { key: 'b', tool: 'write', arguments: { label: label('after all'), text: 'x' }, depends_on: ['a'] },
        ],
      });
      const { a = '', b = '' } = ids;
      client.send('reject_task', { node_id: a });
      await client.next(ended('done'));
      client.send('retry_task', { node_id: a });
      await client.next(becomes(b, 'pending'));
      client.send('approve_task', { node_id: b });
      await client.seen(becomes(b, 'succeeded'));
      await client.next(said('write succeeded'));
      expect([count('read', 'after all'), count('write', 'after all')]).toEqual([1, 1]);
    });
  });

  describe('an edit', () => {
    test('replaces the whole of the arguments, is marked, and asks again', async () => {
      const client = await scene.join(transport);
      const { node } = await proposeOne(client, 'write', { label: label('edit'), text: 'old', copies: 3 });
      client.send('edit_task', { node_id: node, arguments: { label: label('edit'), text: 'new' } });
      const { payload } = await client.next('task_update');
      expect(payload).toMatchObject({ status: 'pending', edited: true });
      expect(payload.arguments).toEqual({ label: label('edit'), text: 'new' });
      expect(count('write', 'edit')).toBe(0);
      client.send('approve_task', { node_id: node });
      await client.next(becomes(node, 'succeeded'));
      expect(scene.upstream.memory.of('write', label('edit'))[0]?.arguments).not.toHaveProperty('copies');
    });

    test.each([
      ['a wrong type', { text: 7 }, /text/],
      ['a missing argument', {}, /text/],
      ['a number out of range', { text: 'x', copies: 10 }, /copies/],
      ['a reference to nowhere', { text: { $ref: 'node99#/x' } }, /node99/],
      ['a reference to itself', { text: { $ref: 'SELF#/x' } }, /./],
    ])('with %s is refused and changes nothing', async (_name, args, words) => {
      const client = await scene.join(transport);
      const { node } = await proposeOne(client, 'write', { text: 'kept' });
      const given = JSON.parse(JSON.stringify(args).replace('SELF', node)) as Record<string, unknown>;
      client.send('edit_task', { node_id: node, arguments: given }, { id: 'e' });
      const { payload } = await client.next(isError('INVALID_ARGUMENTS', 'e'));
      expect(String(payload.message)).toMatch(words);
      const again = await scene.join(transport, { session: client.session });
      expect(again.frames.at(-1)?.payload).toMatchObject({
        plan: { nodes: [{ arguments: { text: 'kept' }, edited: false, status: 'pending' }] },
      });
    });

    test('of a task that waits for others voids its approval', async () => {
      const client = await scene.join(transport);
      const { ids } = await propose(client, {
        plan: [
          { key: 'a', tool: 'read' },
          { key: 'b', tool: 'write', arguments: { label: label('blocked'), text: 'old' }, depends_on: ['a'] },
        ],
      });
      const { a = '', b = '' } = ids;
      client.send('approve_task', { node_id: b });
      await client.next(becomes(b, 'blocked'));
      client.send('edit_task', { node_id: b, arguments: { label: label('blocked'), text: 'new' } });
      await client.next(becomes(b, 'pending'));
      client.send('approve_task', { node_id: a });
      await client.next(becomes(a, 'succeeded'));
      await settled(client);
      expect(count('write', 'blocked')).toBe(0);
      client.send('approve_task', { node_id: b });
      await client.next(becomes(b, 'succeeded'));
      expect(scene.upstream.memory.of('write', label('blocked'))).toMatchObject([{ arguments: { text: 'new' } }]);
    });
  });

  describe('an approval', () => {
    test('can bring arguments of its own', async () => {
      const client = await scene.join(transport);
      const { node } = await proposeOne(client, 'write', { label: label('own'), text: 'old' });
      client.send('approve_task', { node_id: node, arguments: { label: label('own'), text: 'mine' } });
      expect((await client.next(becomes(node, 'succeeded'))).payload).toMatchObject({ edited: true });
      expect(scene.upstream.memory.of('write', label('own'))).toMatchObject([{ arguments: { text: 'mine' } }]);
    });

    test('with arguments that do not fit approves nothing', async () => {
      const client = await scene.join(transport);
      const { node } = await proposeOne(client, 'write', { label: label('unfit'), text: 'old' });
      client.send('approve_task', { node_id: node, arguments: { text: '' }, decision_id: 'd1' }, { id: 'x' });
      await client.next(isError('INVALID_ARGUMENTS', 'x'));
      await settled(client);
      expect(client.frames.filter(({ type }) => type === 'task_decision')).toEqual([]);
      // The refused decision did not use up its name.
      client.send('approve_task', { node_id: node, decision_id: 'd1' });
      await client.next(becomes(node, 'succeeded'));
      expect(count('write', 'unfit')).toBe(1);
    });

    test('of another revision is refused', async () => {
      const client = await scene.join(transport);
      const { node, revision } = await proposeOne(client, 'write', { label: label('stale'), text: 'x' });
      client.send('approve_task', { node_id: node, revision: revision + 1 }, { id: 's' });
      expect((await client.next(isError('PLAN_STALE', 's'))).payload.details).toEqual({ revision });
      client.send('approve_all', { plan_id: 'plan_unknown' }, { id: 'u' });
      await client.next(isError('PLAN_NOT_FOUND', 'u'));
      client.send('approve_task', { node_id: node, plan_id: 'plan_other' }, { id: 'o' });
      await client.next(isError('NODE_NOT_FOUND', 'o'));
      await settled(client);
      expect(count('write', 'stale')).toBe(0);
    });

    test('of all approves what waits, or only what is named', async () => {
      const client = await scene.join(transport);
      const write = (text: string) => ({ tool: 'write', arguments: { label: label('all'), text } });
      const { ids, planId } = await propose(client, {
        plan: [
          { key: 'a', ...write('a') },
          { key: 'b', ...write('b') },
          { key: 'c', ...write('c') },
        ],
      });
      const { a = '', b = '', c = '' } = ids;
      client.send('approve_all', { plan_id: planId, node_ids: [b] });
      await client.next(becomes(b, 'succeeded'));
      await settled(client);
      expect(count('write', 'all')).toBe(1);
      client.send('approve_all', { plan_id: planId });
      await Promise.all([a, c].map((node) => client.seen(becomes(node, 'succeeded'))));
      expect(count('write', 'all')).toBe(3);
      client.send('approve_all', { plan_id: planId }, { id: 'none' });
      await client.next(isError('NOTHING_TO_APPROVE', 'none'));
    });

    test('remembered for a tool in a session holds there, for that tool only', async () => {
      const client = await scene.join(transport);
      const first = await proposeOne(client, 'write', { text: 'one' });
      client.send('approve_task', { node_id: first.node, remember: 'tool_in_session' });
      await client.next(ended('done'));
      const second = await propose(client, {
        plan: [
          { key: 'same', tool: 'write', arguments: { text: 'two' } },
          { key: 'other', tool: 'read' },
        ],
      });
      const { same = '', other = '' } = second.ids;
      const { payload } = await client.next(becomes(same, 'succeeded'));
      expect(payload.auto_approved_by).toBe('you allowed this tool for this session');
      const decision = client.frames.findLast(({ type }) => type === 'task_decision');
      expect(decision?.payload).toMatchObject({ node_id: same, automatic: true, by: null });
      await settled(client);
      expect(client.frames.findLast(({ payload: p }) => p.node_id === other)).toBeUndefined();

      const elsewhere = await scene.join(transport);
      const third = await proposeOne(elsewhere, 'write', { label: label('elsewhere'), text: 'x' });
      await settled(elsewhere);
      expect(count('write', 'elsewhere')).toBe(0);
      elsewhere.send('reject_task', { node_id: third.node });
    });

    test('remembered for a server in a session lets all of its tools run, also those that wait', async () => {
      const client = await scene.join(transport);
      const { ids } = await propose(client, {
        plan: [
          { key: 'a', tool: 'read' },
          { key: 'b', tool: 'erase', arguments: { label: label('server') } },
        ],
      });
      const { a = '', b = '' } = ids;
      client.send('approve_task', { node_id: a, remember: 'server_in_session' });
      await Promise.all([a, b].map((node) => client.seen(becomes(node, 'succeeded'))));
      expect(count('erase', 'server')).toBe(1);
    });
  });

  test('a server that is trusted runs without asking, and says by which rule', async () => {
    const server = await scene.app.addServer(scene.person, scene.upstream.url, { approval_policy: 'auto_approve' });
    const client = await scene.join(transport, { serverId: server.id, session: await scene.newSession(server) });
    const { node } = await proposeOne(client, 'write', { label: label('trusted'), text: 'x' });
    const { payload } = await client.next(becomes(node, 'succeeded'));
    expect(payload.auto_approved_by).toBe('this server runs without asking');
    expect(count('write', 'trusted')).toBe(1);
  });

  test('approving what a rule has approved already is agreement, not an error, and calls nothing twice', async () => {
    const server = await scene.app.addServer(scene.person, scene.upstream.url, { approval_policy: 'auto_approve' });
    const client = await scene.join(transport, { serverId: server.id, session: await scene.newSession(server) });
    const { node } = await proposeOne(client, 'write', { label: label('agreed'), text: 'x' });
    client.send('approve_task', { node_id: node });
    await client.seen(becomes(node, 'succeeded'));
    client.send('approve_task', { node_id: node });
    await settled(client);
    expect(client.frames.filter(({ type }) => type === 'error')).toEqual([]);
    expect(count('write', 'agreed')).toBe(1);
  });

  test('approving all, sent again, is the same decision', async () => {
    const client = await scene.join(transport);
    const { planId } = await proposeOne(client, 'write', { label: label('all again'), text: 'x' });
    for (let times = 0; times < 3; times += 1) client.send('approve_all', { plan_id: planId, decision_id: 'all-1' });
    await client.next(ended('done'));
    await settled(client);
    expect(client.frames.filter(({ type }) => type === 'error')).toEqual([]);
    expect(count('write', 'all again')).toBe(1);
  });

  describe('a retry', () => {
    test('runs a failed task again as its next attempt, and the agent reads the new result', async () => {
      const client = await scene.join(transport);
      scene.upstream.memory.failNext(label('flaky'), 1);
      const { node } = await proposeOne(client, 'flaky', { label: label('flaky') });
      client.send('approve_task', { node_id: node });
      const failed = await client.next(becomes(node, 'failed'));
      expect(failed.payload).toMatchObject({
        attempt: 1,
        error: { code: 'TOOL_FAILED', message: 'Not yet.' },
        allowed_decisions: ['retry'],
      });
      await client.next(ended('done'));
      client.send('retry_task', { node_id: node });
      expect((await client.next(becomes(node, 'succeeded'))).payload).toMatchObject({ attempt: 2 });
      await client.next(said('flaky succeeded'));
      await client.next(ended('done'));
    });

    test('of what has succeeded, or waits, is refused', async () => {
      const client = await scene.join(transport);
      const { node } = await proposeOne(client, 'read');
      client.send('retry_task', { node_id: node }, { id: 'waits' });
      await client.next(isError('NOT_ALLOWED_NOW', 'waits'));
      client.send('approve_task', { node_id: node });
      await client.next(becomes(node, 'succeeded'));
      client.send('retry_task', { node_id: node }, { id: 'done' });
      await client.next(isError('NOT_ALLOWED_NOW', 'done'));
      client.send('edit_task', { node_id: node, arguments: {} }, { id: 'edit' });
      await client.next(isError('NOT_ALLOWED_NOW', 'edit'));
    });
  });

  test('a task of another session is as unknown as none', async () => {
    const mine = await scene.join(transport);
    const { node } = await proposeOne(mine, 'write', { label: label('foreign'), text: 'x' });
    const other = await scene.join(transport);
    for (const unknown of [node, 'node999', '__proto__']) {
      other.send('approve_task', { node_id: unknown }, { id: unknown });
      await other.next(isError('NODE_NOT_FOUND', unknown));
    }
    await settled(mine);
    expect(count('write', 'foreign')).toBe(0);
  });
});
