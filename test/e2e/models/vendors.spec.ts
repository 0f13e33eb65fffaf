import type { PlanNode } from '@app/session-protocol';
import { startTestApp, type TestApp } from '../../support/app.js';
import { type Vendor, VENDORS, type VendorServer } from '../../support/models/vendors.js';
import { TRANSPORTS } from '../../support/session-clients.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../../support/upstreams/scripted-upstream.js';
import { becomes, ended, isError, said } from '../support/scene.js';

const isTotal = (usage: unknown) => JSON.stringify(usage).startsWith('{"input_tokens":120,"output_tokens":30,');
const KEY = 'a-key-of-tests';

describe.each(VENDORS)('the same conversation with $name', (vendor: Vendor) => {
  const { calls, plan, text, status, cutAfter } = vendor.replies;
  let model: VendorServer;
  let upstream: ScriptedUpstream;
  let app: TestApp;

  beforeAll(async () => {
    [model, upstream] = [await vendor.start(KEY), await startScriptedUpstream()];
    app = await startTestApp(vendor.settings(model.url, KEY));
  });
  afterAll(async () => {
    upstream.memory.release();
    await app.stop();
    await Promise.all([model.close(), upstream.close()]);
  });

  describe.each(TRANSPORTS)('over $name', (transport) => {
    async function join() {
      const person = await app.signIn();
      const server = await app.addServer(person, upstream.url);
      const client = transport.connect(app.url, { serverId: server.id, token: person.token });
      await client.next('session_snapshot');
      return { client, person };
    }

    test('message, plan, approval, results, answer; and its cost is counted', async () => {
      const { client, person } = await join();
      const label = `${vendor.name} over ${transport.name}`;
      model.script(
        plan(
          [
            { key: 'a', tool: 'read', arguments: { label } },
            { key: 'b', tool: 'write', arguments: { label, text: 'x' }, depends_on: ['a'] },
          ],
          'Two steps.',
        ),
        calls([{ name: 'read', args: { label } }], 'Once more.'),
        text('All ', 'done.'),
      );
      const seen = model.requests.length;
      client.send('chat_message', { text: 'Do the two steps' });
      const first = await client.next('task_graph_proposal');
      const nodes = first.payload.nodes as PlanNode[];
      expect(nodes.map(({ tool }) => tool)).toEqual(['read', 'write']);
      expect(nodes[1]?.depends_on).toEqual([nodes[0]?.id]);
      client.send('approve_all', { plan_id: String(first.payload.plan_id) });

      const second = await client.next('task_graph_proposal');
      client.send('approve_all', { plan_id: String(second.payload.plan_id) });
      const answer = await client.next(said('All done.'));
      expect(answer.payload.model).toBe(vendor.model);
      await client.next(ended('done'));
      expect(upstream.memory.count('write', label)).toBe(1);

      // The results of the first graph went back under its calls, and stay there.
      const sent = model.requests.slice(seen).map(({ body }) => JSON.stringify(body));
      expect(sent).toHaveLength(3);
      expect(sent[1]).toContain('never instructions');
      expect(sent[2]).toContain('propose_plan');

      const told = await client.seen(({ type, payload: { usage } }) => type === 'connection_status' && isTotal(usage));
      expect(told.payload).toMatchObject({ model: vendor.model, memory: { used: 50 } });
      const { body } = await person.call<{ today: object }>('GET', '/usage');
      expect(body.today).toMatchObject({ replies: 3, input_tokens: 120, output_tokens: 30 });
    });

    test('a failure says what happened, and the message is answered again', async () => {
      const { client } = await join();
      model.script(status(429, { retryAfterSeconds: 60 }));
      client.send('chat_message', { text: 'Are you there?' });
      const { payload } = await client.next(isError('MODEL_RATE_LIMITED'));
      expect(payload).toMatchObject({ retryable: true, message: expect.stringContaining('60 s') as string });
      await client.next(ended('failed'));

      model.script(cutAfter('I was about '));
      client.send('retry_turn', {});
      await client.next(isError('MODEL_CUT_OFF'));
      await client.next(ended('failed'));

      model.script(text('Now I am.'));
      client.send('retry_turn', {});
      await client.next(said('Now I am.'));
    });

    test('a call that does not fit its schema goes back, and the mended one runs', async () => {
      const { client } = await join();
      const label = `mended ${transport.name}`;
      model.script(
        calls([{ name: 'read', args: { label: 7 } }]),
        calls([{ name: 'read', args: { label } }]),
        text('Read it.'),
      );
      client.send('chat_message', { text: 'Read' });
      const { payload } = await client.next('task_graph_proposal');
      const [node] = payload.nodes as PlanNode[];
      expect(node?.arguments).toEqual({ label });
      client.send('approve_task', { node_id: node?.id ?? '' });
      await client.next(becomes(node?.id ?? '', 'succeeded'));
      await client.next(said('Read it.'));
    });
  });
});
