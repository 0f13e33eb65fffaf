import type { PlanNode } from '@app/session-protocol';
import { eventually } from '../support/app.js';
import { type CollectedSpan, type Collector, startCollector } from '../support/collector.js';
import { TRANSPORTS } from '../support/session-clients.js';
import { becomes, ended, proposeOne, type Scene, startScene } from './support/scene.js';

const SECRET = 'collector-secret';

let collector: Collector;
let scene: Scene;
beforeAll(async () => {
  collector = await startCollector();
  scene = await startScene({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: `x-team=one,authorization=Bearer%20${SECRET}`,
    OTEL_SERVICE_NAME: 'switchyard-tests',
  });
});
afterAll(async () => {
  await scene.stop();
  await collector.close();
});

/** The spans of a trace, once there are as many as are to come. */
const traceOf = (traceId: string, spans: number) =>
  eventually(
    () => collector.spans.filter((span) => span.traceId === traceId),
    (found) => found.length >= spans,
  );

const named = (spans: CollectedSpan[], name: string) => spans.filter((span) => span.name === name);

test.each(TRANSPORTS)(
  'a turn over $name is one trace, from the message to the upstream and back',
  async (transport) => {
    const client = await scene.join(transport);
    const { node, nodes } = await proposeOne(client, 'read', { label: `traced ${transport.name}` });
    const traceId = nodes[0]?.trace_id ?? '';
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    client.send('approve_task', { node_id: node });
    const done = await client.next(becomes(node, 'succeeded'));
    expect((done.payload as unknown as PlanNode).trace_id).toBe(traceId);
    const sent = scene.upstream.lastHeaders().traceparent;
    await client.next(ended('done'));

    // Two turns of thinking with a question to the model each, and the call between them.
    const spans = await traceOf(traceId, 6);
    expect(spans.map(({ service }) => service)).toEqual(spans.map(() => 'switchyard-tests'));
    const [first, second] = named(spans, 'turn');
    const [run] = named(spans, 'node read');
    const [call] = named(spans, 'tools/call read');
    const asked = spans.filter(({ name }) => name.startsWith('chat '));
    expect(first?.parentSpanId).toBeUndefined();
    expect([run?.parentSpanId, second?.parentSpanId]).toEqual([first?.spanId, first?.spanId]);
    expect(call?.parentSpanId).toBe(run?.spanId);
    expect(asked.map(({ parentSpanId }) => parentSpanId)).toEqual([first?.spanId, second?.spanId]);
    expect(sent).toBe(`00-${traceId}-${call?.spanId}-01`);

    expect(call).toMatchObject({
      kind: 3,
      facts: { 'mcp.method.name': 'tools/call', 'app.server_id': scene.server.id },
    });
    expect(run?.facts).toMatchObject({
      'app.session_id': client.session,
      'app.node_id': node,
      'app.outcome': 'succeeded',
    });
    expect(asked[0]?.facts['gen_ai.usage.input_tokens']).toBeGreaterThan(0);
    expect(collector.headers[0]).toMatchObject({ 'x-team': 'one', authorization: `Bearer ${SECRET}` });
  },
);

test('a plan that runs again is a trace of its own', async () => {
  const [transport] = TRANSPORTS;
  if (!transport) throw new Error('There are transports.');
  const client = await scene.join(transport);
  const { node, nodes } = await proposeOne(client, 'read', { label: 'traced again' });
  client.send('approve_task', { node_id: node });
  await client.next(ended('done'));
  client.send('rerun_from', { node_id: node });
  const { payload } = await client.next('task_graph_proposal');
  const [again] = payload.nodes as PlanNode[];
  expect(again?.trace_id).toMatch(/^[0-9a-f]{32}$/);
  expect(again?.trace_id).not.toBe(nodes[0]?.trace_id);
  expect(named(await traceOf(again?.trace_id ?? '', 1), 'rerun')).toHaveLength(1);
});

test('what the tool is told in the request itself is the same context', async () => {
  const [transport] = TRANSPORTS;
  if (!transport) throw new Error('There are transports.');
  const client = await scene.join(transport);
  const { node } = await proposeOne(client, 'read', { label: 'traced in meta' });
  client.send('approve_task', { node_id: node });
  await client.next(becomes(node, 'succeeded'));
  const [seen] = scene.upstream.memory.of('read', 'traced in meta');
  expect(seen?.meta?.traceparent).toBe(scene.upstream.lastHeaders().traceparent);
});

test('a call that fails is a span that failed, and says why by a code alone', async () => {
  const [transport] = TRANSPORTS;
  if (!transport) throw new Error('There are transports.');
  const client = await scene.join(transport);
  const { node, nodes } = await proposeOne(client, 'fail', { label: 'traced failure' });
  client.send('approve_task', { node_id: node });
  await client.next(becomes(node, 'failed'));
  const spans = await traceOf(nodes[0]?.trace_id ?? '', 4);
  const failed = await eventually(
    () => named(collector.spans, 'node fail'),
    (found) => found.length === 1,
  );
  expect(failed[0]).toMatchObject({ status: 2, facts: { 'error.type': 'TOOL_FAILED' } });
  expect(JSON.stringify(spans)).not.toContain('traced failure');
});

test('a request goes on in the trace that its caller names, and what names none begins one', async () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const { token } = scene.person;
  const call = (traceparent: string) => scene.app.api('GET', '/api/v1/servers', { token, headers: { traceparent } });
  await call(`00-${traceId}-00f067aa0ba902b7-01`);
  const [span] = await traceOf(traceId, 1);
  expect(span).toMatchObject({
    name: 'GET /api/v1/servers',
    kind: 2,
    parentSpanId: '00f067aa0ba902b7',
    facts: { 'http.route': '/api/v1/servers', 'http.response.status_code': 200 },
  });
  const before = collector.spans.length;
  for (const wrong of ['nonsense', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, `ff-${traceId}-00f067aa0ba902b7-01`]) {
    expect((await call(wrong)).status).toBe(200);
  }
  const begun = await eventually(
    () => collector.spans.slice(before).filter(({ name }) => name === 'GET /api/v1/servers'),
    (found) => found.length === 3,
  );
  expect(begun.map((one) => one.parentSpanId)).toEqual([undefined, undefined, undefined]);
  expect(begun.map((one) => one.traceId)).not.toContain(traceId);
});

test('a caller that does not record is not recorded', async () => {
  const traceId = '11111111111111111111111111111111';
  const { token } = scene.person;
  const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-00` };
  await scene.app.api('GET', '/api/v1/servers', { token, headers });
  await scene.app.api('GET', '/api/v1/servers', {
    token,
    headers: { traceparent: `00-${'2'.repeat(32)}-00f067aa0ba902b7-01` },
  });
  await traceOf('2'.repeat(32), 1);
  expect(collector.spans.filter((span) => span.traceId === traceId)).toEqual([]);
});

test('a collector that is away costs the conversation nothing', async () => {
  const away = await startCollector();
  await away.close();
  const lone = await startScene({ OTEL_EXPORTER_OTLP_ENDPOINT: away.url });
  try {
    const [transport] = TRANSPORTS;
    if (!transport) throw new Error('There are transports.');
    const client = await lone.join(transport);
    const { node } = await proposeOne(client, 'read', { label: 'untraced' });
    client.send('approve_task', { node_id: node });
    await client.next(ended('done'));
  } finally {
    await lone.stop();
  }
});
