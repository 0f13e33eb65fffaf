import { Database } from '../../src/platform/database/database.js';
import { SessionLog } from '../../src/core/sessions/session-log.js';
import type { SessionId } from '../../src/platform/ids.js';
import type { DurableEvent } from '@app/session-protocol';
import { type Frame, TRANSPORTS } from '../support/session-clients.js';
import { ended, propose, type Scene, startScene } from './support/scene.js';

const LINK = '/api/artifacts/download/art_1?expires=99&signature=abcDEF123';
const NASTY = `<img src=x onerror=alert(1)> [a](http://evil.example) ${LINK}`;

interface ExportedFile {
  session: { id: string };
  first_seq: number;
  trimmed: boolean;
  artifacts: { name: string; sha256: string }[];
  events: Frame[];
}

let scene: Scene;
let session: string;
let events: Frame[];
beforeAll(async () => {
  scene = await startScene();
  const [transport] = TRANSPORTS;
  if (!transport) throw new Error('There are transports.');
  const client = await scene.join(transport);
  ({ session } = client);
  const { ids } = await propose(client, {
    say: NASTY,
    plan: [
      { key: 'files', tool: 'make_files', title: 'Make | the *files*', arguments: { label: 'x', kind: 'media' } },
      { key: 'line', tool: 'write', arguments: { label: 'x', text: 'never' } },
    ],
  });
  client.send('reject_task', { node_id: ids.line ?? '', reason: 'not <b>today</b>' });
  client.send('approve_task', { node_id: ids.files ?? '' });
  await client.next(ended('done'));
  events = client.frames.filter(({ seq }) => seq !== undefined);
  client.close();
});
afterAll(() => scene.stop());

const take = (format: string, id = session, token = scene.person.token) =>
  scene.app.api<ExportedFile>('GET', `/api/v1/sessions/${id}/export?format=${format}`, { token });

test('as JSON it is the session, its files and every event as it was sent', async () => {
  const { status, headers, body } = await take('json');
  expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
  expect(headers.get('content-disposition')).toMatch(/^attachment; filename=".+\.json"/);
  expect(body).toMatchObject({ session: { id: session }, first_seq: 1, trimmed: false });
  expect(body.events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => index + 1));
  const withoutLinks = (all: Frame[]) =>
    JSON.parse(JSON.stringify(all).replaceAll(/signature=abcDEF1(23)?/g, 'signature=removed')) as Frame[];
  expect(body.events).toEqual(withoutLinks(events));
  expect(JSON.stringify(body)).not.toContain('abcDEF123');
  expect(body.artifacts.map(({ name }) => name)).toEqual(['make_files-1.png', 'make_files-2.wav']);
  expect(body.artifacts[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
});

test('as Markdown it is a transcript in which what others wrote does nothing', async () => {
  const { status, headers, text } = await take('markdown');
  expect([status, headers.get('content-type')]).toEqual([200, 'text/markdown; charset=utf-8']);
  expect(headers.get('content-disposition')).toMatch(/^attachment; filename=".+\.md"/);
  expect(text).toContain('## You');
  expect(text).toContain('\\<img src=x onerror=alert(1)\\>');
  expect(text).not.toMatch(/(?<!\\)<img|[^\\]\]\(http|abcDEF123/);
  expect(text).toContain('Make \\| the \\*files\\*');
  expect(text).toMatch(
    new RegExp(`- reject node2 by ${scene.person.user.username.replaceAll('.', '\\.')}, .+: not \\\\<b\\\\>today`),
  );
  expect(text).toMatch(/\| node1 \| .+ \| succeeded \|/);
  expect(text).toMatch(/\| node2 \| .+ \| rejected/);
  expect(text).toMatch(/\| make\\_files-1\.png \| image\/png \| \d+ \| [0-9a-f]{64} \|/);
  expect(text).toContain('## Log');
});

test('a long log that was trimmed is there to its end, and says that its beginning is gone', async () => {
  const id = (await scene.newSession()) as SessionId;
  const line = (index: number): DurableEvent => ({
    type: 'log_entry',
    payload: { timestamp: new Date().toISOString(), level: 'info', message: `line ${index}`, source: 'test' },
  });
  const database = scene.app.get(Database);
  await database.transaction(() =>
    scene.app.get(SessionLog).append(
      id,
      Array.from({ length: 650 }, (_, index) => line(index + 1)),
    ),
  );
  await database.sql('delete from session_events where session_id = $1 and seq < 5', [id]);
  await database.sql('update sessions set first_seq = 5 where id = $1', [id]);
  const { body } = await take('json', id);
  expect(body).toMatchObject({ first_seq: 5, trimmed: true });
  expect(body.events.map(({ seq }) => seq)).toEqual(Array.from({ length: 646 }, (_, index) => index + 5));
  const { text } = await take('markdown', id);
  expect(text).toContain('what came before event 5 is not kept any more');
  expect(text).toContain('test: line 650');
});

test('the name of the file gives nothing away either', async () => {
  const named = await scene.newSession();
  const title = `mcp_sk_${'A1b2C3'.repeat(6)}`;
  await scene.person.call('PATCH', `/sessions/${named}`, { title });
  const { headers, text } = await take('markdown', named);
  expect(`${headers.get('content-disposition')} ${text}`).not.toContain(title);
});

test('an empty session has an empty transcript, and a session of somebody else is unknown', async () => {
  const empty = await take('json', await scene.newSession());
  expect(empty.body.events).toEqual([]);
  const stranger = await scene.app.signIn();
  expect(await take('json', session, stranger.token)).toMatchObject({
    status: 404,
    body: { code: 'SESSION_NOT_FOUND' },
  });
  expect((await take('pdf')).status).toBe(400);
});
