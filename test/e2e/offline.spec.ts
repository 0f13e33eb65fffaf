import { createDemo } from '../../demo/demo.js';
import { type DemoHttp, startDemoHttp } from '../../demo/http.js';
import { type Person, type ServerRow, startTestApp, type TestApp } from '../support/app.js';
import { TRANSPORTS } from '../support/session-clients.js';
import { becomes, ended, said, settled } from './support/scene.js';

let app: TestApp;
let demo: DemoHttp;
let person: Person;
let server: ServerRow;
beforeAll(async () => {
  const now = new Date('2026-03-05T10:00:00Z');
  demo = await startDemoHttp({ port: 0, demo: createDemo(() => now) });
  app = await startTestApp();
  person = await app.signIn();
  server = await app.addServer(person, demo.url, { approval_policy: 'require_approval_writes' });
});
afterAll(async () => {
  await app.stop();
  await demo.close();
});

interface Proposal {
  nodes: { id: string; tool: string; depends_on: string[]; risk: { read_only: boolean } }[];
}

describe.each(TRANSPORTS)('without a language model, over $name', (transport) => {
  const join = async (session?: string) => {
    const id = session ?? (await person.call<{ id: string }>('POST', '/sessions', { server_id: server.id })).body.id;
    const client = transport.connect(app.url, { serverId: server.id, token: person.token, session: id });
    await client.next('session_snapshot');
    return Object.assign(client, { session: id });
  };

  test('a sentence becomes a graph: what reads runs by rule, what writes waits, and a report is the end of it', async () => {
    const client = await join();
    client.send('chat_message', { text: 'Write a report of the user signups of the last 7 days.' });
    const { payload } = await client.next('task_graph_proposal');
    const { nodes } = payload as unknown as Proposal;
    expect(nodes.map(({ tool }) => tool)).toEqual([
      'query_signups',
      'fetch_traffic',
      'analyze_signups',
      'write_report',
    ]);
    const report = nodes.at(-1)?.id ?? '';
    const analysis = nodes[2]?.id ?? '';
    const done = await client.next(becomes(analysis, 'succeeded'));
    expect(done.payload.auto_approved_by).toBe('read-only tools of this server run without asking');
    await settled(client);
    expect(client.frames.some(becomes(report, 'succeeded'))).toBe(false);
    client.send('approve_task', { node_id: report });
    await client.next(becomes(report, 'succeeded'));
    await client.next(ended('done'));
    const files = client.frames.filter(({ type }) => type === 'artifact_generated').map(({ payload: file }) => file);
    expect(files.map(({ name }) => name).sort()).toEqual(['daily_report.csv', 'daily_report.md', 'daily_report.pdf']);
    for (const file of files) {
      const { bytes } = await app.api('GET', String(file.url), { token: person.token });
      expect(bytes.length).toBe(file.size);
      if (file.name === 'daily_report.pdf') expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
    }
    client.close();
  });

  test('a call that is written out is made as written', async () => {
    const client = await join();
    client.send('chat_message', { text: '/call create_note {"text": "buy milk", "tag": "offline"}' });
    const { payload } = await client.next('task_graph_proposal');
    const [node] = (payload as unknown as Proposal).nodes;
    expect(payload).toMatchObject({ nodes: [{ tool: 'create_note', arguments: { text: 'buy milk' } }] });
    client.send('approve_task', { node_id: node?.id ?? '' });
    await client.next(said('The call succeeded.'));
    client.close();
  });

  test('a task that is run again is told again, and not planned again', async () => {
    const client = await join();
    client.send('chat_message', { text: `/call flaky {"key": "again ${transport.name}"}` });
    const { payload } = await client.next('task_graph_proposal');
    const node = (payload as unknown as Proposal).nodes[0]?.id ?? '';
    client.send('approve_task', { node_id: node });
    await client.next(becomes(node, 'failed'));
    await client.next(ended('done'));
    client.send('retry_task', { node_id: node });
    await client.next(becomes(node, 'succeeded'));
    await client.next(said('The call succeeded.'));
    await client.next(ended('done'));
    expect(client.frames.filter(({ type }) => type === 'task_graph_proposal')).toHaveLength(1);
    client.close();
  });

  test('what it cannot plan is said in words', async () => {
    const client = await join();
    client.send('chat_message', { text: '/call crate_notes {"text": "x"}' });
    expect((await client.next(said('create_note'))).payload.text).toContain('Did you mean');
    await client.next(ended('done'));
    client.close();
  });

  test('logs and progress of a call are seen while it runs', async () => {
    const client = await join();
    client.send('chat_message', { text: '/call slow_count {"seconds": 1.2}' });
    const progress = await client.next('task_progress');
    expect(progress.payload).toMatchObject({ total: 2, progress: expect.any(Number) as unknown });
    expect(progress.seq).toBeUndefined();
    await client.next(said('The call succeeded.'));
    client.send('chat_message', { text: '/call query_signups {"days": 3}' });
    const log = await client.next(
      ({ type, payload }) => type === 'log_entry' && /read \d+ signups/.test(String(payload.message)),
    );
    expect(log.payload).toMatchObject({ level: 'info', node_id: expect.any(String) as unknown });
    client.close();
  });
});
