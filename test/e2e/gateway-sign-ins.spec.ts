import { eventually, type Person, startTestApp, type TestApp } from '../support/app.js';
import { makeKey } from '../support/api-keys.js';
import { LegacyProgram } from '../support/gateway/legacy-program.js';
import { ModernProgram } from '../support/gateway/modern-program.js';
import { faultOf, type Message, questionOf, type Said, wordsOf } from '../support/gateway/said.js';
import { type ProtectedUpstream, startProtectedUpstream } from '../support/oauth/protected-upstream.js';
import {
  type ScriptedAuthorizationServer,
  startAuthorizationServer,
} from '../support/oauth/scripted-authorization-server.js';
import { addOAuthServer, signInTo, untilOnline } from './support/accounts.js';

const URLS = { elicitation: { url: {} } };
const FORMS = { elicitation: { form: {} } };

let app: TestApp;
let other: TestApp;
let owner: Person;
let headers: Record<string, string>;
let authorization: ScriptedAuthorizationServer;
let upstream: ProtectedUpstream;
let servers = 0;
/** Its tools are known, and nobody is signed in to it any more. */
let server: string;

beforeAll(async () => {
  app = await startTestApp();
  other = await startTestApp({ DATABASE_URL: app.databaseUrl, ROLE: 'api' });
  owner = await app.signIn();
  headers = (await makeKey(owner)).headers;
}, 60_000);
beforeEach(async () => {
  authorization = await startAuthorizationServer();
  upstream = await startProtectedUpstream(authorization);
  servers += 1;
  server = await addOAuthServer(owner, upstream.url, {}, `Protected ${servers}`);
  expect(await signInTo(app, owner, server)).toContain('account=connected');
  await untilOnline(owner, server);
  authorization.revokeAll();
  await owner.call('DELETE', `/servers/${server}/oauth`);
});
afterEach(() => Promise.all([upstream.close(), authorization.close()]));
afterAll(async () => {
  await other.stop();
  await app.stop();
});

const placeAt = (process = app) => ({ url: `${process.url}/mcp/s/${server}`, headers });
const signIn = () => signInTo(app, owner, server);
const written = (label: string) => upstream.memory.count('write', label);
const isOurPage = (url: unknown) => String(url).endsWith(`/servers/${server}`);

describe('a call of a server that nobody is signed in to', () => {
  test.each([
    ['of the newer era', () => Promise.resolve(new ModernProgram(placeAt(), FORMS))],
    ['of the older era', () => LegacyProgram.begin(placeAt(), { capabilities: FORMS })],
  ])('is told with the link to a client that opens no pages, %s', async (_era, connect) => {
    const said = await (await connect()).call('write', { label: 'link', text: 'x' });
    expect([said.result?.isError, faultOf(said)]).toEqual([true, 'UPSTREAM_SIGN_IN_NEEDED']);
    expect(isOurPage(wordsOf(said))).toBe(true);
    expect(written('link')).toBe(0);
  });
});

describe('a client of the older era that can be sent to a page', () => {
  const beginAt = (answer: (question: Message) => Record<string, unknown> | undefined) =>
    LegacyProgram.begin(placeAt(), { capabilities: URLS, answer });

  test.each([
    ['says that it opens it', () => ({ action: 'accept' })],
    ['says nothing', () => undefined],
  ])('is sent there; the very call completes when somebody has signed in, where it %s', async (_how, answer) => {
    const client = await beginAt(answer);
    const calling = client.call('write', { label: 'asked', text: 'x' });
    const question = await eventually(
      () => client.heard.find(({ method }) => method === 'elicitation/create'),
      (found) => found !== undefined,
    );
    expect(question?.params).toMatchObject({ mode: 'url', message: expect.stringMatching(/sign in/i) as unknown });
    expect(isOurPage(question?.params?.url)).toBe(true);
    await signIn();
    expect((await calling).result).toMatchObject({ structuredContent: { written: 'x', count: 1 } });
    const complete = client.heard.find(({ method }) => method === 'notifications/elicitation/complete');
    expect(complete?.params).toEqual({ elicitationId: question?.params?.elicitationId });
    expect(written('asked')).toBe(1);
  });

  test('that declines is left with the link', async () => {
    const said = await (await beginAt(() => ({ action: 'decline' }))).call('write', { label: 'no', text: 'x' });
    expect(faultOf(said)).toBe('UPSTREAM_SIGN_IN_NEEDED');
    expect(isOurPage(wordsOf(said))).toBe(true);
  });
});

describe('a client of the newer era that can be sent to a page', () => {
  test('takes the question away, comes back to any process, and gets the result of the one call', async () => {
    for (const process of [app, other]) {
      const args = { label: `at ${process.url}`, text: 'x' };
      await owner.call('DELETE', `/servers/${server}/oauth`);
      const { asked, accept } = questionOf(await new ModernProgram(placeAt(), URLS).call('write', args));
      expect(asked).toMatchObject({ method: 'elicitation/create', params: { mode: 'url' } });
      expect(asked?.params.elicitationId).toBeUndefined();
      expect(isOurPage(asked?.params.url)).toBe(true);
      const waiting = new ModernProgram(placeAt(process), URLS).call('write', args, accept());
      await signIn();
      expect((await waiting).result).toMatchObject({ resultType: 'complete', structuredContent: { count: 1 } });
      expect(written(args.label)).toBe(1);
    }
  });

  test('that declines is left with the link, and nothing is sent even if somebody signed in', async () => {
    const client = new ModernProgram(placeAt(), URLS);
    const args = { label: 'declines', text: 'x' };
    const { decline } = questionOf(await client.call('write', args));
    await signIn();
    const said = await client.call('write', args, decline());
    expect([faultOf(said), isOurPage(wordsOf(said))]).toEqual(['UPSTREAM_SIGN_IN_NEEDED', true]);
    expect(written('declines')).toBe(0);
  });

  test('with a key has one call under it', async () => {
    const client = new ModernProgram(placeAt(), URLS);
    const args = { label: 'key', text: 'x' };
    const meta = { meta: { 'com.example/idempotencyKey': 'sign-in' } };
    const { accept } = questionOf(await client.call('write', args, meta));
    await signIn();
    const told = await client.call('write', args, { ...accept(), ...meta });
    expect((await client.call('write', args, { ...accept(), ...meta })).result).toEqual(told.result);
    expect(written('key')).toBe(1);
  });

  test('by a permission for one call is let through when it is made, unless that was taken back meanwhile', async () => {
    await owner.call('PUT', `/servers/${server}`, { approval_policy: 'require_approval_all' });
    const client = new ModernProgram(placeAt(), URLS);
    const idOf = ({ result }: Said) =>
      /approvals\/(apr_\w+)/.exec(JSON.stringify(result?.inputRequests ?? {}))?.[1] ?? 'none';
    const args = (label: string) => ({ label, text: 'x' });
    const allow = async (label: string) => {
      const id = idOf(await client.call('write', args(`${label}/allowed`)));
      const scope = { type: 'matching', match: { '/label': { prefix: label } }, max_uses: 1 };
      const { status, text } = await owner.call('POST', `/approvals/${id}/decide`, { decision: 'approve', scope });
      expect([status, text]).toEqual([200, expect.any(String)]);
      return (await owner.call<{ grants: { id: string }[] }>('GET', '/approvals/grants')).body.grants[0]?.id;
    };
    await allow('/counts');
    const counts = questionOf(await client.call('write', args('/counts/call')));
    const other = await allow('/taken');
    const taken = questionOf(await client.call('write', args('/taken/call')));
    await owner.call('DELETE', `/approvals/grants/${other}`);
    await signIn();
    const told = await client.call('write', args('/counts/call'), counts.accept());
    expect(told.result).toMatchObject({ structuredContent: { count: 1 } });
    for (const [label, { accept }] of [
      ['/counts/call', counts],
      ['/taken/call', taken],
    ] as const) {
      expect(idOf(await client.call('write', args(label), accept()))).toMatch(/^apr_/);
    }
    expect([written('/counts/call'), written('/taken/call')]).toEqual([1, 0]);
  });
});
