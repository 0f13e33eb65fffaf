import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArtifactsService } from '../../src/core/artifacts/artifacts.service.js';
import { RequestLog } from '../../src/core/execution/request-log.js';
import { Database } from '../../src/platform/database/database.js';
import { newId } from '../../src/platform/ids.js';
import { Sweeper } from '../../src/platform/jobs/sweeper.js';
import type { Person } from '../support/app.js';
import { type Frame, TRANSPORTS } from '../support/session-clients.js';
import { ended, type JoinedClient, propose, type Scene, startScene } from './support/scene.js';

const DAYS = 30;
const DAY = 86_400;

let scene: Scene;
/** Signed in anew: sign-ins do not live as long as the clock of these tests runs. */
let person: Person;
let session: string;
let idle: string;
let before: Frame[];
let watcher: JoinedClient;
let removed: Record<string, number>;

const [first] = TRANSPORTS;
const stored = (frames: readonly Frame[]) => frames.filter(({ seq }) => seq !== undefined);
const joinAs = (on: string, after = 0, transport = first) => {
  if (!transport) throw new Error('There are transports.');
  return scene.join(transport, { session: on, after, token: person.token });
};

async function turn(client: JoinedClient, tool: string, args: Record<string, unknown>): Promise<void> {
  const { ids } = await propose(client, { plan: [{ key: 'only', tool, arguments: args }] });
  client.send('approve_task', { node_id: ids.only ?? '' });
  await client.next(ended('done'));
}

const sweep = async () =>
  ((await scene.app.get(Sweeper).run(AbortSignal.timeout(20_000)))?.removed ?? {}) as Record<string, number>;

beforeAll(async () => {
  scene = await startScene({
    RETENTION_EVENTS_DAYS: String(DAYS),
    RETENTION_ARTIFACTS_DAYS: String(DAYS),
    RETENTION_REQUEST_LOG_DAYS: String(DAYS),
  });
  ({ person } = scene);
  [session, idle] = [await scene.newSession(), await scene.newSession()];
  const quiet = await joinAs(idle);
  await turn(quiet, 'write', { text: 'long ago' });
  await turn(quiet, 'write', { text: 'the last of it' });
  const client = await joinAs(session);
  await turn(client, 'make_files', { kind: 'bytes' });
  await turn(client, 'write', { text: 'the second' });
  client.close();
  scene.app.clock.forward((DAYS + 1) * DAY);
  person = await scene.app.signIn(scene.person.email);
  watcher = await joinAs(session);
  await turn(watcher, 'write', { text: 'today' });
  before = stored(watcher.frames);
  await scene.app.get(RequestLog).flush();
  removed = await sweep();
}, 60_000);

afterAll(() => scene.stop());

/** Where the log of three turns begins now: with the second, the newest of those that are old. */
const cut = () =>
  before.filter(({ type, payload }) => type === 'chat_message' && payload.sender === 'USER')[1]?.seq ?? 0;

test('old turns go, whole, but for the newest of the old ones; so do the lines of old calls and old sign-ins', () => {
  expect(removed).toMatchObject({ 'lines of the request log': 4, files: 1 });
  expect(removed['sign-ins and codes']).toBeGreaterThan(0);
  expect(removed.events).toBeGreaterThan(cut() - 1);
});

test('a second sweep finds nothing', async () => {
  expect(await sweep()).toEqual({});
});

describe.each(TRANSPORTS)('over $name', (transport) => {
  test('who begins before the log is told what there was, and gets the rest, with no gap', async () => {
    const client = await joinAs(session, 0, transport);
    const { payload } = await client.seen('replay_unavailable');
    expect(payload).toEqual({
      after: 0,
      first_seq: cut(),
      next_seq: before.length + 1,
      removed: { events: cut() - 1, from: before[0]?.ts, to: before[cut() - 2]?.ts },
    });
    expect(client.seqs).toEqual([]);
    client.send('resume', { after: cut() - 1 });
    await client.next('replay_end');
    expect(stored(client.frames)).toEqual(before.slice(cut() - 1));
    client.close();
  });

  test('who has more than was removed goes on as ever', async () => {
    const client = await joinAs(session, cut() + 1, transport);
    expect(stored(client.frames)).toEqual(before.slice(cut() + 1));
    expect(client.frames.some(({ type }) => type === 'replay_unavailable')).toBe(false);
    client.close();
  });

  test('a session in which nothing happens keeps its last turn', async () => {
    const client = await joinAs(idle, 0, transport);
    const { payload } = await client.seen('replay_unavailable');
    client.send('resume', { after: Number(payload.first_seq) - 1 });
    await client.next('replay_end');
    const [said] = stored(client.frames);
    expect(said?.payload.text).toContain('the last of it');
    client.close();
  });
});

test('a page of events begins with the first that is kept', async () => {
  interface Page {
    events: Frame[];
    last_seq: number;
    next?: number;
  }
  const { status, body } = await person.call<Page>('GET', `/sessions/${session}/events?after=0&limit=2`);
  expect([status, body.events.map(({ seq }) => seq), body.next]).toEqual([200, [cut(), cut() + 1], cut() + 1]);
});

test('a connection that was open before the log was trimmed learns of it too', async () => {
  watcher.send('resume', { after: 1 });
  const { payload } = await watcher.next('replay_unavailable');
  expect(payload).toMatchObject({ after: 1, first_seq: cut() });
  await watcher.next('session_snapshot');
});

test('the model still knows what was said', async () => {
  await turn(watcher, 'write', { text: 'tomorrow' });
  const asked = JSON.stringify(scene.gemini.requests.at(-1));
  expect(asked).toContain('make_files');
  expect(asked).toContain('the second');
});

test('a fork begins where the log does, tells what was before, and its model knows that too', async () => {
  const fork = (point: object) =>
    person.call<{ id: string; code?: string }>('POST', `/sessions/${session}/fork`, point);
  expect(await fork({ after_seq: 1 })).toMatchObject({ status: 404, body: { code: 'EVENT_NOT_FOUND' } });
  const copy = await joinAs((await fork({})).body.id);
  const { payload } = await copy.seen('replay_unavailable');
  const { payload: original } = await watcher.seen('replay_unavailable');
  expect(payload).toMatchObject({ first_seq: cut(), removed: original.removed });
  await turn(copy, 'write', { text: 'in the fork' });
  const asked = JSON.stringify(scene.gemini.requests.at(-1));
  expect(asked).toContain('make_files');
  expect(asked).toContain('the second');
});

test('a sweep that was cut off is finished by the next', async () => {
  const database = scene.app.get(Database);
  const count = async () =>
    (await database.sql<{ n: string }>('select count(*) as n from session_events where session_id = $1', [idle]))[0]?.n;
  const kept = Number(await count());
  await database.sql('update sessions set first_seq = first_seq + 1 where id = $1', [idle]);
  expect((await sweep()).events).toBe(1);
  expect(Number(await count())).toBe(kept - 1);
});

test('a file whose time is over is told as such, and its bytes are gone', async () => {
  type List = { artifacts: { artifact_id: string; url: string; removed_at: string | null }[] };
  const { body } = await person.call<List>('GET', `/sessions/${session}/artifacts`);
  expect(body.artifacts).toHaveLength(1);
  const [file] = body.artifacts;
  expect(Date.parse(file?.removed_at ?? '')).toBeGreaterThan(Date.now());
  const answer = await scene.app.api('GET', file?.url ?? '', { token: person.token });
  expect(answer.status).toBe(410);
  expect(answer.body).toMatchObject({ code: 'ARTIFACT_EXPIRED' });
  const names = await readdir(join(scene.app.dataDirectory, 'artifacts'), { recursive: true });
  expect(names.filter((name) => name.includes(file?.artifact_id ?? '-'))).toEqual([]);
});

test('bytes of a call that was cut off go after a day, half written ones too', async () => {
  const owner = { organizationId: newId('org'), userId: newId('user') };
  const origin = { sessionId: null, planId: null, nodeId: null, serverId: null, tool: null };
  const bytes = Buffer.from('never recorded');
  const { id } = await scene.app.get(ArtifactsService).keep(owner, origin, { name: 'a', contentType: 'a/b', bytes });
  const folder = join(scene.app.dataDirectory, 'artifacts', id.slice(-2));
  await writeFile(join(folder, `${id}.0.partial`), 'half');
  expect(await sweep()).toEqual({});
  scene.app.clock.forward(DAY + 1);
  expect(await sweep()).toMatchObject({ 'files of calls that were cut off': 1 });
  expect((await readdir(folder)).filter((name) => name.startsWith(id))).toEqual([]);
});
