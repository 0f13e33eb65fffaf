import { request as httpRequest } from 'node:http';
import { eventually } from '../support/app.js';
import {
  connectRaw,
  connectSocketIo,
  type Frame,
  type RawSessionClient,
  type Transport,
  TRANSPORTS,
} from '../support/session-clients.js';
import { becomes, ended, propose, proposeOne, type Scene, settled, startScene } from './support/scene.js';

let scene: Scene;
beforeAll(async () => {
  scene = await startScene();
});
afterAll(() => scene.stop());

const RAW: Transport = { name: 'raw', connect: (url, options) => connectRaw(url, options) };
const durable = (frames: readonly Frame[]) => frames.filter(({ seq }) => seq !== undefined);
const upTo = (last: number, after = 0) => Array.from({ length: last - after }, (_, index) => after + index + 1);

describe.each(TRANSPORTS)('over $name', (transport) => {
  const label = (name: string) => `${transport.name}: ${name}`;

  test('`after` gives each later event once, in order, then the snapshot, then what happens', async () => {
    const client = await scene.join(transport);
    const { node } = await proposeOne(client, 'write', { text: 'x' });
    await settled(client);
    const seen = client.seqs.length;
    for (const after of [0, 1, seen - 1]) {
      const back = await scene.join(transport, { session: client.session, after });
      expect(back.seqs).toEqual(upTo(seen, after));
      const begin = back.frames.find(({ type }) => type === 'replay_begin');
      expect(begin?.payload).toEqual({ from: after + 1, to: seen });
      const end = back.frames.find(({ type }) => type === 'replay_end');
      expect(end?.payload).toEqual({ to: seen, count: seen - after });
      back.close();
    }
    const upToDate = await scene.join(transport, { session: client.session, after: seen });
    expect(upToDate.seqs).toEqual([]);
    expect(upToDate.frames.some(({ type }) => type.startsWith('replay'))).toBe(false);
    client.send('approve_task', { node_id: node });
    await upToDate.next(ended('done'));
    await client.next(ended('done'));
    expect(durable(upToDate.frames)).toEqual(durable(client.frames).slice(seen));
  });

  test('an `after` beyond the end is told, and the snapshot and new events follow', async () => {
    const client = await scene.join(transport);
    const { node } = await proposeOne(client, 'write', { text: 'x' });
    await settled(client);
    const last = client.seqs.length;
    const back = await scene.join(transport, { session: client.session, after: last + 50 });
    expect(back.frames.find(({ type }) => type === 'replay_unavailable')?.payload).toEqual({
      after: last + 50,
      first_seq: 1,
      next_seq: last + 1,
    });
    expect(back.frames.at(-1)?.payload).toMatchObject({ last_seq: last, pending: [node] });
    back.send('reject_task', { node_id: node });
    await back.next(ended('done'));
    expect(back.seqs).toEqual(upTo(back.seqs.at(-1) ?? 0, last));
  });

  test('`resume` replays on the same socket', async () => {
    const client = await scene.join(transport);
    await proposeOne(client, 'write', { text: 'x' });
    await settled(client);
    const first = durable(client.frames);
    const from = client.frames.length;
    client.send('resume', { after: 2 });
    await client.next('replay_begin');
    await client.next('session_snapshot');
    expect(durable(client.frames.slice(from))).toEqual(first.slice(2));
    client.send('resume', { after: 10_000 });
    await client.next('replay_unavailable');
    await client.next('session_snapshot');
  });

  test('a client that is cut ten times in the middle misses nothing and gets nothing twice', async () => {
    const first = await scene.join(transport);
    const { session } = first;
    const { ids, planId } = await propose(first, {
      plan: [
        { key: 'a', tool: 'chatter', arguments: { label: label('cut'), lines: 400 } },
        { key: 'b', tool: 'chatter', arguments: { label: label('cut'), lines: 400 } },
      ],
    });
    first.send('approve_all', { plan_id: planId });
    const whole = await scene.join(transport, { session });
    const got: Frame[] = [...durable(first.frames)];
    let client = first;
    for (let cuts = 0; cuts < 10; cuts += 1) {
      const enough = (got.at(-1)?.seq ?? 0) + 3;
      await Promise.race([client.seen(({ seq }) => (seq ?? 0) >= enough), whole.seen(ended('done'))]);
      client.cut();
      await client.closed;
      for (const frame of durable(client.frames)) if ((frame.seq ?? 0) > (got.at(-1)?.seq ?? 0)) got.push(frame);
      const after = got.at(-1)?.seq ?? 0;
      client = Object.assign(
        transport.connect(scene.app.url, {
          serverId: scene.server.id,
          token: scene.person.token,
          session,
          after,
        }),
        { session },
      );
      await client.next('session_snapshot');
      expect(client.seqs[0] ?? after + 1).toBe(after + 1);
    }
    await whole.seen(ended('done'));
    const last = whole.seqs.at(-1) ?? 0;
    await client.seen(
      ({ seq, type, payload }) => seq === last || (type === 'session_snapshot' && payload.last_seq === last),
    );
    await settled(client);
    const all = [...got, ...durable(client.frames)];
    expect(all.map(({ seq }) => seq)).toEqual(upTo(last));
    expect(all).toEqual(durable(whole.frames));
    await first.seen(becomes(ids.a ?? '', 'approved'));
    client.close();
  });

  test('events in the middle of a replay come once, and in their place', async () => {
    const writer = await scene.join(transport);
    const { session } = writer;
    const { planId } = await propose(writer, {
      plan: [{ key: 'a', tool: 'chatter', arguments: { label: label('replay'), lines: 300 } }],
    });
    writer.send('approve_all', { plan_id: planId });
    const readers = [];
    for (let count = 0; count < 8; count += 1) readers.push(await scene.join(transport, { session, after: count }));
    await Promise.all([writer, ...readers].map((client) => client.seen(ended('done'))));
    const last = writer.seqs.at(-1) ?? 0;
    expect(writer.seqs).toEqual(upTo(last));
    readers.forEach((reader, after) => expect(reader.seqs).toEqual(upTo(last, after)));
    for (const reader of readers) reader.close();
  });

  test('without a session named, one joins the latest on the server', async () => {
    const person = await scene.app.signIn();
    const server = await scene.app.addServer(person, scene.upstream.url);
    const connect = (session?: string) =>
      transport.connect(scene.app.url, { serverId: server.id, token: person.token, ...(session && { session }) });
    const first = connect();
    const { payload } = await first.next('hello');
    const again = connect();
    expect((await again.next('hello')).payload.session_id).toBe(payload.session_id);
    const newer = await scene.newSession(server, person);
    const third = connect();
    expect((await third.next('hello')).payload.session_id).toBe(newer);
    for (const client of [first, again, third]) client.close();
  });
});

test('a client that stops reading gets the rest once it reads again, and holds nobody up', async () => {
  const slow = await scene.join(RAW);
  const other = await scene.join(RAW, { session: slow.session });
  const { socket } = slow as unknown as RawSessionClient;
  socket.pause();
  const plan = ['a', 'b', 'c'].map((key) => ({ key, tool: 'read', arguments: { rows: 600, label: key } }));
  const { planId } = await propose(other, { plan });
  other.send('approve_all', { plan_id: planId });
  await other.seen(ended('done'));
  expect(slow.seqs).toEqual([]);
  socket.resume();
  await slow.seen(ended('done'));
  expect(durable(slow.frames)).toEqual(durable(other.frames));
});

describe('the events over HTTP', () => {
  const read = (session: string, query: string) =>
    scene.person.call<{ events: Frame[]; last_seq: number; next?: number }>(
      'GET',
      `/sessions/${session}/events${query}`,
    );

  test('are those of the socket, page by page', async () => {
    const client = await scene.join(RAW);
    const { node } = await proposeOne(client, 'write', { text: 'x' });
    client.send('approve_task', { node_id: node });
    await client.next(ended('done'));
    const wanted = durable(client.frames);
    const found: Frame[] = [];
    let after: number | undefined = 0;
    while (after !== undefined) {
      const { body }: Awaited<ReturnType<typeof read>> = await read(client.session, `?after=${after}&limit=4`);
      expect(body.events.length).toBeLessThanOrEqual(4);
      expect(body.last_seq).toBe(wanted.length);
      found.push(...body.events);
      after = body.next;
    }
    expect(found).toEqual(wanted);
    expect((await read(client.session, `?after=${wanted.length + 9}`)).body.events).toEqual([]);
  });

  test.each(['?after=-1', '?after=x', '?limit=0', '?limit=501', '?page=1'])('refuse %s', async (query) => {
    const session = await scene.newSession();
    expect((await read(session, query)).status).toBe(400);
  });

  test('are those of the socket as a stream, which goes on and can be resumed', async () => {
    const client = await scene.join(RAW);
    const { node } = await proposeOne(client, 'write', { text: 'x' });
    await settled(client);
    const known = client.seqs.length;
    const stream = openStream(client.session);
    await eventually(
      () => stream.events.length,
      (length) => length === known,
    );
    client.send('approve_task', { node_id: node });
    await client.next(ended('done'));
    const wanted = durable(client.frames);
    await eventually(
      () => stream.events.length,
      (length) => length === wanted.length,
    );
    expect(stream.events.map(({ data }) => data)).toEqual(wanted);
    expect(stream.events.map(({ id, event }) => ({ seq: Number(id), type: event }))).toEqual(
      wanted.map(({ seq, type }) => ({ seq, type })),
    );
    stream.close();

    const resumed = openStream(client.session, { 'last-event-id': String(known) });
    await eventually(
      () => resumed.events.length,
      (length) => length === wanted.length - known,
    );
    expect(resumed.events.map(({ data }) => data)).toEqual(wanted.slice(known));
    resumed.close();
  });

  test('are nobody else’s', async () => {
    const stranger = await scene.app.signIn();
    const session = await scene.newSession();
    const [foreign, unknown] = await Promise.all([
      stranger.call('GET', `/sessions/${session}/events`),
      stranger.call('GET', `/sessions/session_${'0'.repeat(32)}/events`),
    ]);
    expect(foreign.status).toBe(404);
    expect({ ...foreign.body, request_id: '', instance: '' }).toEqual({
      ...unknown.body,
      request_id: '',
      instance: '',
    });
  });

  interface StreamedEvent {
    id: string;
    event: string;
    data: Frame;
  }

  function openStream(session: string, headers: Record<string, string> = {}) {
    const events: StreamedEvent[] = [];
    let rest = '';
    const request = httpRequest(`${scene.app.url}/api/v1/sessions/${session}/events`, {
      headers: { authorization: `Bearer ${scene.person.token}`, accept: 'text/event-stream', ...headers },
    });
    request.on('error', () => undefined);
    request.on('response', (response) => {
      response.on('error', () => undefined);
      response.setEncoding('utf8').on('data', (text: string) => {
        const blocks = (rest + text).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) {
          const fields = new Map(
            block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]),
          );
          if (!fields.has('data')) continue;
          const data = JSON.parse(fields.get('data') ?? '') as Frame;
          events.push({ id: fields.get('id') ?? '', event: fields.get('event') ?? '', data });
        }
      });
    });
    request.end();
    return { events, close: () => request.destroy() };
  }
});

test('both carriers and long polling carry the same events', async () => {
  const raw = await scene.join(RAW);
  const options = { serverId: scene.server.id, token: scene.person.token, session: raw.session };
  const polling = connectSocketIo(scene.app.url, options, ['polling']);
  await polling.next('session_snapshot');
  const { node } = await proposeOne(raw, 'write', { text: 'ünïcödé 🚉 \u2028' });
  await polling.next('task_graph_proposal');
  polling.send('approve_task', { node_id: node });
  await Promise.all([raw, polling].map((client) => client.seen(ended('done'))));
  expect(durable(polling.frames)).toEqual(durable(raw.frames));
  polling.close();
});
