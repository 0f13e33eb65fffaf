import { eventually, type Person, type ServerRow, startTestApp, type TestApp } from '../support/app.js';
import { makeKey, type ProgramKey } from '../support/gateway/keys.js';
import { LegacyProgram } from '../support/gateway/legacy-program.js';
import { ModernProgram } from '../support/gateway/modern-program.js';
import { Organizations } from '../support/organizations.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/upstreams/scripted-upstream.js';

const WITHIN_MS = 5_000;

let app: TestApp;
let other: TestApp;
let upstream: ScriptedUpstream;
let owner: Person;
let server: ServerRow;

beforeAll(async () => {
  [app, upstream] = await Promise.all([startTestApp(), startScriptedUpstream()]);
  other = await startTestApp({ DATABASE_URL: app.databaseUrl, ROLE: 'api' });
  owner = await app.signIn();
  server = await app.addServer(owner, upstream.url, { approval_policy: 'auto_approve' });
}, 60_000);
afterAll(async () => {
  await other.stop();
  await app.stop();
  await upstream.close();
});

async function openAll({ headers }: ProgramKey, at: TestApp) {
  const place = { url: `${at.url}/mcp`, headers };
  const session = await LegacyProgram.begin(place);
  const modern = new ModernProgram(place);
  const [stream, listening] = [await session.listen(), await modern.listen({ toolsListChanged: true })];
  expect([stream.status, listening.status]).toEqual([200, 200]);
  const label = `open ${Math.random()}`;
  const [tool = ''] = (await modern.tools()).filter((name) => name.endsWith('__hold'));
  const calling = modern.call(tool, { label }).catch(() => undefined);
  const call = await upstream.memory.called('hold', label);
  return { session, modern, stream, listening, calling, call };
}

/** The ways by which somebody’s right to be here ends. */
const ENDS: Record<string, (made: { person: Person; key: ProgramKey }) => Promise<unknown>> = {
  'a key that is revoked': ({ person, key }) => person.call('DELETE', `/user/api-keys/${key.id}`),
  'a member who is removed': ({ person }) => owner.call('DELETE', `/organization/members/${person.user.id}`),
};

describe.each(Object.entries(ENDS))('%s', (_name, end) => {
  test.each(['here', 'at another process'])('has streams, calls and sessions ended within 5 s, %s', async (where) => {
    const person = await new Organizations(app).join(owner, 'developer');
    await eventually(
      async () => new ModernProgram({ url: `${app.url}/mcp`, headers: (await makeKey(person)).headers }).tools(),
      (names) => names.length > 0,
    );
    const key = await makeKey(person);
    const open = await openAll(key, where === 'here' ? app : other);
    const startedAt = performance.now();
    await end({ person, key });
    await Promise.all([open.stream.ended, open.listening.ended, open.calling]);
    await eventually(() => open.call.signal.aborted, Boolean);
    expect(performance.now() - startedAt).toBeLessThan(WITHIN_MS);
    const refused = await open.session.ask('tools/list');
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining('invalid_token'),
    ]);
    expect((await open.modern.ask('tools/list')).status).toBe(401);
  });
});

test('a server that is taken from somebody is gone from what they have open', async () => {
  const key = await makeKey(owner);
  const own = await app.addServer(owner, upstream.url, { approval_policy: 'auto_approve', name: 'Passing by' });
  const modern = new ModernProgram({ url: `${app.url}/mcp`, headers: key.headers });
  const listening = await modern.listen({ toolsListChanged: true });
  await eventually(
    () => modern.tools(),
    (names) => names.includes('passing-by__read'),
  );
  await owner.call('DELETE', `/servers/${own.id}`);
  await eventually(
    () => listening.heard,
    (heard) => heard.some(({ method }) => method === 'notifications/tools/list_changed'),
  );
  expect(await modern.tools()).not.toContain('passing-by__read');
  expect((await modern.call('passing-by__read', {})).error?.code).toBe(-32602);
  expect(server.id).toBeDefined();
});
