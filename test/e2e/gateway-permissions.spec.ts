import { eventually, type Person, startTestApp, type TestApp } from '../support/app.js';
import { makeKey } from '../support/gateway/keys.js';
import { ModernProgram } from '../support/gateway/modern-program.js';
import { type Message, type Said, wordsOf } from '../support/gateway/said.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/upstreams/scripted-upstream.js';

const FORMS = { elicitation: { form: {} } };

let app: TestApp;
let other: TestApp;
let upstream: ScriptedUpstream;
let owner: Person;
let path: string;
let headers: Record<string, string>;

beforeAll(async () => {
  [app, upstream] = await Promise.all([startTestApp(), startScriptedUpstream()]);
  other = await startTestApp({ DATABASE_URL: app.databaseUrl, ROLE: 'api' });
  owner = await app.signIn();
  const { id } = await app.addServer(owner, upstream.url, { approval_policy: 'require_approval_all' });
  path = `/mcp/s/${id}`;
  headers = (await makeKey(owner)).headers;
}, 60_000);
afterAll(async () => {
  await other.stop();
  await app.stop();
  await upstream.close();
});

const at = (process = app) => new ModernProgram({ url: `${process.url}${path}`, headers }, FORMS);
const linkOf = ({ result }: Message) =>
  (result?._meta as { 'switchyard/approval'?: { id: string } } | undefined)?.['switchyard/approval']?.id;
const usesLeft = async () => {
  const { body } = await owner.call<{ grants: { uses_left: number }[] }>('GET', '/approvals/grants');
  return body.grants.map(({ uses_left }) => uses_left);
};

/** From now on so many calls with labels below this one need nobody's word. */
async function allow(tool: string, label: string, times: number): Promise<void> {
  const args = { label: `${label}/allowed`, ...(tool === 'write' && { text: 'x' }) };
  const id = linkOf(await at().call(tool, args)) ?? '';
  const scope = { type: 'matching', match: { '/label': { prefix: label } }, max_uses: times };
  const { status, text } = await owner.call('POST', `/approvals/${id}/decide`, { decision: 'approve', scope });
  if (status !== 200) throw new Error(text);
  await eventually(
    () => owner.call<{ call: { status: string } }>('GET', `/approvals/${id}`),
    ({ body }) => body.call.status === 'finished',
  );
}

/** The answer to what the server asked. */
const backFrom = ({ result }: Said) => ({
  requestState: result?.requestState,
  inputResponses: { who: { action: 'accept', content: { name: 'Ada' } } },
});
const isHello = (said: Said) => wordsOf(said) === 'Hello, Ada.';

describe('a permission for one call', () => {
  test('whose server asks in between lets it go on once, at whichever process; then a person is asked', async () => {
    await allow('ask', '/once', 1);
    const args = { label: '/once/call' };
    const back = backFrom(await at().call('ask', args));
    expect(back.requestState).toEqual(expect.any(String));
    expect(isHello(await at(other).call('ask', args, back))).toBe(true);
    for (const process of [app, other]) {
      const replayed = await at(process).call('ask', args, back);
      expect([isHello(replayed), linkOf(replayed)]).toEqual([false, expect.stringMatching(/^apr_/)]);
    }
  });

  test('lets one go on of many that come back at the same time', async () => {
    await allow('ask', '/many', 1);
    const args = { label: '/many/call' };
    const back = backFrom(await at().call('ask', args));
    const all = await Promise.all([app, other, app, other, app, other].map((one) => at(one).call('ask', args, back)));
    expect(all.filter(isHello)).toHaveLength(1);
    expect(all.filter((said) => linkOf(said) !== undefined)).toHaveLength(5);
  });

  test('is not used up by what was not sent', async () => {
    await allow('ask', '/away', 1);
    const args = { label: '/away/call' };
    const back = backFrom(await at().call('ask', args));
    await upstream.die();
    const lost = await at().call('ask', args, back);
    expect([lost.result?.isError, linkOf(lost)]).toEqual([true, undefined]);
    await upstream.revive();
    await eventually(() => at().call('ask', args, back), isHello);
    expect(isHello(await at().call('ask', args, back))).toBe(false);

    await allow('write', '/gone', 1);
    expect(await usesLeft()).toEqual([1]);
    await upstream.die();
    expect((await at().call('write', { label: '/gone/call', text: 'x' })).result?.isError).toBe(true);
    expect(await usesLeft()).toEqual([1]);
    await upstream.revive();
    const written = await eventually(
      () => at().call('write', { label: '/gone/call', text: 'x' }),
      ({ result }) => result?.isError !== true,
    );
    expect(written.result).toMatchObject({ structuredContent: { written: 'x', count: 1 } });
    expect(await usesLeft()).toEqual([]);
  });

  test('whose call has a key is answered from the one call, however often it comes back', async () => {
    await allow('ask', '/key', 1);
    const args = { label: '/key/call' };
    const meta = { meta: { 'com.example/idempotencyKey': 'one-permission' } };
    const back = backFrom(await at().call('ask', args, meta));
    for (const process of [app, other, app]) {
      expect(isHello(await at(process).call('ask', args, { ...back, ...meta }))).toBe(true);
    }
  });
});

test('a call that needs nobody’s word goes on as often as it comes back', async () => {
  await owner.call('PUT', `/servers/${path.slice('/mcp/s/'.length)}`, { approval_policy: 'auto_approve' });
  const args = { label: 'auto' };
  const back = backFrom(await at().call('ask', args));
  for (const process of [app, other]) expect(isHello(await at(process).call('ask', args, back))).toBe(true);
});
