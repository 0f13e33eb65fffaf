import { eventually, type ServerRow } from '../support/app.js';
import { type Frame, type SessionClient, TRANSPORTS } from '../support/session-clients.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/upstreams/scripted-upstream.js';
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

const check = (server: ServerRow) => scene.person.call('POST', `/servers/${server.id}/check`);

describe.each(TRANSPORTS)('over $name', (transport) => {
  const label = (name: string) => `${transport.name}: ${name}`;

  describe('on a server of its own', () => {
    let upstream: ScriptedUpstream;
    let server: ServerRow;
    beforeEach(async () => {
      upstream = await startScriptedUpstream();
      server = await scene.app.addServer(scene.person, upstream.url, { timeout: 2 });
    });
    afterEach(async () => {
      await scene.person.call('DELETE', `/servers/${server.id}`);
      await upstream.close();
    });

    const join = async () => scene.join(transport, { serverId: server.id, session: await scene.newSession(server) });
    const count = (tool: string) => upstream.memory.count(tool);

    test('a tool that is gone fails without a call', async () => {
      const client = await join();
      const { node } = await proposeOne(client, 'write', { text: 'x' });
      upstream.memory.remove('write');
      await check(server);
      client.send('approve_task', { node_id: node });
      const { payload } = await client.next(becomes(node, 'failed'), 20_000);
      expect(payload.error).toMatchObject({ message: expect.stringContaining('no longer has this tool') as unknown });
      expect(count('write')).toBe(0);
    });

    test('another account of the server voids what was approved before', async () => {
      const client = await join();
      const { ids } = await propose(client, {
        plan: [
          { key: 'a', tool: 'hold' },
          { key: 'b', tool: 'write', arguments: { text: 'x' }, depends_on: ['a'] },
        ],
      });
      const { a = '', b = '' } = ids;
      client.send('approve_task', { node_id: a });
      client.send('approve_task', { node_id: b });
      await upstream.memory.called('hold', '');
      await scene.person.call('PUT', `/servers/${server.id}`, {
        auth_method: 'api_key',
        credentials: { api_key: 'another-account' },
      });
      upstream.memory.release();
      const { payload } = await client.next(becomes(b, 'pending'), 15_000);
      expect(payload.cause).toBe('asked again: the address or account of the server changed');
      expect(count('write')).toBe(0);
      client.send('approve_task', { node_id: b });
      await client.next(becomes(b, 'succeeded'));
      expect(upstream.lastHeaders().authorization).toContain('another-account');
    });

    test('a write whose server dies in mid-call is of unknown outcome, and never called again by itself', async () => {
      const client = await join();
      const { ids, planId } = await propose(client, {
        plan: [
          { key: 'a', tool: 'hold_write' },
          { key: 'b', tool: 'write', arguments: { text: 'x' }, depends_on: ['a'] },
        ],
      });
      const { a = '', b = '' } = ids;
      client.send('approve_all', { plan_id: planId });
      await upstream.memory.called('hold_write', '');
      await upstream.die();
      const { payload } = await client.next(becomes(a, 'outcome_unknown'));
      expect(payload).toMatchObject({ allowed_decisions: ['resolve', 'retry'] });
      expect(String(payload.cause)).toMatch(/may have had its effect/);
      await upstream.revive();
      await settled(client);
      expect([count('hold_write'), count('write')]).toEqual([1, 0]);

      client.send('resolve_task', { node_id: a, outcome: 'succeeded' });
      expect((await client.next(becomes(a, 'succeeded'))).payload.cause).toBe('marked as done by you');
      await client.next(becomes(b, 'succeeded'));
      expect([count('hold_write'), count('write')]).toEqual([1, 1]);
    });

    test('an unknown outcome can be marked as failed, or tried again knowingly', async () => {
      const client = await join();
      const { ids, planId } = await propose(client, {
        plan: [
          { key: 'a', title: 'First', tool: 'hold_write', arguments: { label: 'a' } },
          { key: 'b', tool: 'write', arguments: { text: 'x' }, depends_on: ['a'] },
          { key: 'c', tool: 'hold_write', arguments: { label: 'c' } },
        ],
      });
      const { a = '', b = '', c = '' } = ids;
      client.send('approve_all', { plan_id: planId });
      await Promise.all(['a', 'c'].map((name) => upstream.memory.called('hold_write', name)));
      upstream.breakConnections();
      await Promise.all([a, c].map((node) => client.seen(becomes(node, 'outcome_unknown'))));
      client.send('resolve_task', { node_id: a, outcome: 'failed' });
      expect((await client.seen(becomes(b, 'skipped'))).payload.cause).toBe('First failed');
      client.send('retry_task', { node_id: c });
      await upstream.memory.called('hold_write', 'c', 2);
      upstream.memory.release();
      expect((await client.seen(becomes(c, 'succeeded'))).payload).toMatchObject({ attempt: 2 });
      client.send('resolve_task', { node_id: c, outcome: 'failed' }, { id: 'late' });
      await client.next(isError('NOT_ALLOWED_NOW', 'late'));
    });

    test.each(['hold', 'hold_safe_write'])('%s, cut in mid-call, is called again by itself', async (tool) => {
      const client = await join();
      const { node } = await proposeOne(client, tool, { label: 'cut' });
      client.send('approve_task', { node_id: node });
      await upstream.memory.called(tool, 'cut');
      upstream.breakConnections();
      expect(String((await client.next(becomes(node, 'retrying'))).payload.cause)).toContain('retry 2/3');
      await upstream.memory.called(tool, 'cut', 2);
      upstream.memory.release();
      expect((await client.next(becomes(node, 'succeeded'))).payload).toMatchObject({ attempt: 2 });
    });

    test('a server that is down is tried again, and what never arrived is no unknown outcome', async () => {
      const client = await join();
      const { node } = await proposeOne(client, 'write', { text: 'x' });
      await upstream.die();
      client.send('approve_task', { node_id: node });
      await client.next(becomes(node, 'retrying'));
      await upstream.revive();
      await client.next(becomes(node, 'succeeded'));
      expect(count('write')).toBe(1);
    });

    test('a call that takes too long ends as timed out, upstream too, and can be given more time', async () => {
      const client = await join();
      const { node } = await proposeOne(client, 'hold_write', { label: 'late' });
      client.send('approve_task', { node_id: node });
      const call = await upstream.memory.called('hold_write', 'late');
      const { payload } = await client.next(becomes(node, 'timed_out'));
      expect(payload).toMatchObject({
        error: { code: 'TIMED_OUT', message: 'No answer within 2 s. The call may have had its effect.' },
        allowed_decisions: ['retry'],
      });
      await eventually(
        () => call.signal.aborted,
        (aborted) => aborted,
      );
      client.send('retry_task', { node_id: node, timeout: 60 });
      await upstream.memory.called('hold_write', 'late', 2);
      upstream.memory.release();
      await client.next(becomes(node, 'succeeded'));
    });

    test('its coming and going is told to the sessions on it', async () => {
      const client = await join();
      const status = (wanted: string) => (frame: Frame) =>
        frame.type === 'connection_status' && frame.payload.status === wanted;
      await upstream.die();
      await check(server);
      await client.next(status('offline'));
      await upstream.revive();
      await check(server);
      expect((await client.next(status('online'))).payload.latency).toEqual(expect.any(Number));
    });

    test('a server deleted in mid-session closes its sockets', async () => {
      const client = await join();
      await scene.person.call('DELETE', `/servers/${server.id}`);
      expect(await client.closed).toBe(4404);
      const late = transport.connect(scene.app.url, { serverId: server.id, token: scene.person.token });
      expect(await late.closed).toBe(4404);
    });
  });

  describe('what a reference gives', () => {
    const refer = async (client: SessionClient, tool: string, args: Record<string, unknown>, rows = 2) => {
      const { ids, planId } = await propose(client, {
        plan: [
          { key: 'a', title: 'Rows', tool: 'read', arguments: { rows } },
          { key: 'b', tool, arguments: args },
        ],
      });
      client.send('approve_all', { plan_id: planId });
      return ids.b ?? '';
    };

    test('is checked before the call, against the schema of the tool', async () => {
      const client = await scene.join(transport);
      const name = label('five rows');
      const node = await refer(client, 'write_rows', { label: name, rows: { $ref: 'a#/structuredContent/rows' } }, 5);
      const { payload } = await client.next(becomes(node, 'failed'));
      expect(payload.error).toMatchObject({
        code: 'INVALID_ARGUMENTS',
        message: expect.stringContaining('/rows') as unknown,
      });
      expect(scene.upstream.memory.count('write_rows', name)).toBe(0);
    });

    test('must be there, else the task fails without a call', async () => {
      const client = await scene.join(transport);
      const name = label('nowhere');
      const node = await refer(client, 'write', { label: name, text: { $ref: 'a#/structuredContent/nothing' } });
      const { payload } = await client.next(becomes(node, 'failed'));
      expect(payload.error).toMatchObject({ code: 'UNRESOLVED_REFERENCE' });
      expect(scene.upstream.memory.count('write', name)).toBe(0);
      await client.next(said('write failed'));
    });

    test('may lie deep inside an argument, and come from an earlier plan', async () => {
      const client = await scene.join(transport);
      const name = label('deep');
      const node = await refer(client, 'write_rows', {
        label: name,
        rows: [{ id: { $ref: 'a#/structuredContent/rows/1/id' }, name: 'x' }],
      });
      await client.next(becomes(node, 'succeeded'));
      await client.next(ended('done'));
      const earlier = scene.upstream.memory.of('write_rows', name);
      expect(earlier).toMatchObject([{ arguments: { rows: [{ id: 2, name: 'x' }] } }]);
      const later = await proposeOne(client, 'write', { label: name, text: 'soon' });
      client.send('approve_task', {
        node_id: later.node,
        arguments: { label: name, text: { $ref: 'node1#/structuredContent/rows/0/name' } },
      });
      await client.next(becomes(later.node, 'succeeded'));
      expect(scene.upstream.memory.of('write', name)).toMatchObject([{ arguments: { text: 'row 1' } }]);
    });
  });
});
