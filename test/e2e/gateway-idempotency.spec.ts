import { eventually, type Person, startTestApp, type TestApp } from '../support/app.js';
import { makeKey } from '../support/api-keys.js';
import { ModernProgram } from '../support/gateway/modern-program.js';
import { faultOf, questionOf, type Said, wordsOf } from '../support/gateway/said.js';
import { type AskingUpstream, startAskingUpstream } from '../support/upstreams/asking-upstream.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/upstreams/scripted-upstream.js';

const KEY = 'io.switchyard/idempotencyKey';

let app: TestApp;
let upstream: ScriptedUpstream;
let asking: AskingUpstream;
let owner: Person;
let places: { writing: string; asking: string };
let headers: Record<string, string>;

beforeAll(async () => {
  [app, upstream, asking] = await Promise.all([startTestApp(), startScriptedUpstream(), startAskingUpstream()]);
  owner = await app.signIn();
  const fields = { approval_policy: 'auto_approve' };
  const [one, two] = [await app.addServer(owner, upstream.url, fields), await app.addServer(owner, asking.url, fields)];
  places = { writing: `${app.url}/mcp/s/${one.id}`, asking: `${app.url}/mcp/s/${two.id}` };
  headers = (await makeKey(owner)).headers;
}, 60_000);
afterAll(async () => {
  await app.stop();
  await Promise.all([upstream.close(), asking.close()]);
});

const at = (url = places.writing, capabilities: object = {}) => new ModernProgram({ url, headers }, capabilities);
const meta = (key: string) => ({ meta: { [KEY]: key } });
const codeOf = (said: Said) => faultOf(said) ?? said.error?.data?.code;

test('a call that is sent again with its key is made once, and answered the same', async () => {
  const args = { label: 'again', text: 'x' };
  const first = await at().call('write', args, meta('again'));
  const second = await at().call('write', { text: 'x', label: 'again' }, meta('again'));
  expect(second.result).toEqual(first.result);
  expect(upstream.memory.count('write', 'again')).toBe(1);
  await at().call('write', args, meta('again-2'));
  expect(upstream.memory.count('write', 'again')).toBe(2);
});

test('a result that reads like a link to an approval is kept as any other', async () => {
  const args = { label: 'reads like', text: 'switchyard/approval' };
  const first = await at().call('write', args, meta('reads-like'));
  const second = await at().call('write', args, meta('reads-like'));
  expect(second.result).toEqual(first.result);
  expect(upstream.memory.count('write', 'reads like')).toBe(1);
});

test('a call whose connection is cut goes on; sent again with its key it has the result of the one call', async () => {
  const leaving = new AbortController();
  const args = { label: 'cut' };
  const cut = at()
    .call('hold_write', args, { ...meta('cut'), signal: leaving.signal })
    .catch(() => 'cut');
  await upstream.memory.called('hold_write', 'cut');
  leaving.abort();
  expect(await cut).toBe('cut');
  const early = await at().call('hold_write', args, meta('cut'));
  expect(codeOf(early)).toBe('IDEMPOTENCY_IN_PROGRESS');
  upstream.memory.release();
  const told = await eventually(
    () => at().call('hold_write', args, meta('cut')),
    (said) => codeOf(said) !== 'IDEMPOTENCY_IN_PROGRESS',
  );
  expect(wordsOf(told)).toBe('Held cut.');
  expect(upstream.memory.count('hold_write', 'cut')).toBe(1);
});

test('a call without a key ends with its connection', async () => {
  const leaving = new AbortController();
  const cut = at()
    .call('hold_write', { label: 'no key' }, { signal: leaving.signal })
    .catch(() => 'cut');
  const call = await upstream.memory.called('hold_write', 'no key');
  leaving.abort();
  await cut;
  await eventually(() => call.signal.aborted, Boolean);
});

test('other arguments, or another tool, under a key are refused, and not made', async () => {
  await at().call('write', { label: 'key', text: 'x' }, meta('taken'));
  const other = await at().call('write', { label: 'key', text: 'y' }, meta('taken'));
  expect(codeOf(other)).toBe('IDEMPOTENCY_KEY_REUSED');
  const tool = await at().call('erase', { label: 'key' }, meta('taken'));
  expect(codeOf(tool)).toBe('IDEMPOTENCY_KEY_REUSED');
  expect([upstream.memory.count('write', 'key'), upstream.memory.count('erase', 'key')]).toEqual([1, 0]);
});

test('while a call runs, its key is in use', async () => {
  const args = { label: 'running' };
  const running = at().call('hold_write', args, meta('running'));
  await upstream.memory.called('hold_write', 'running');
  const second = await at().call('hold_write', args, meta('running'));
  expect([second.result?.isError ?? second.error !== undefined, codeOf(second)]).toEqual([
    true,
    'IDEMPOTENCY_IN_PROGRESS',
  ]);
  upstream.memory.release();
  expect(wordsOf(await running)).toBe('Held running.');
  expect(upstream.memory.count('hold_write', 'running')).toBe(1);
});

test('what was not sent may be tried again with the same key', async () => {
  const lonely = await startScriptedUpstream();
  const { id } = await app.addServer(owner, lonely.url, { approval_policy: 'auto_approve' });
  const place = `${app.url}/mcp/s/${id}`;
  const args = { label: 'away', text: 'x' };
  await lonely.die();
  const away = await at(place).call('write', args, meta('away'));
  expect(away.result?.isError).toBe(true);
  await lonely.revive();
  const told = await eventually(
    () => at(place).call('write', args, meta('away')),
    ({ result }) => result?.isError !== true,
  );
  expect(told.result).toMatchObject({ structuredContent: { count: 1 } });
  await lonely.close();
});

test('the key of somebody else, or at another place, is another key', async () => {
  const stranger = await app.signIn();
  const theirs = await app.addServer(stranger, upstream.url, { approval_policy: 'auto_approve' });
  const program = new ModernProgram({
    url: `${app.url}/mcp/s/${theirs.id}`,
    headers: (await makeKey(stranger)).headers,
  });
  const args = { label: 'both', text: 'x' };
  await at().call('write', args, meta('both'));
  expect((await program.call('write', args, meta('both'))).result).toMatchObject({ structuredContent: { count: 2 } });
});

test('a call with a key whose server asks in the middle goes on with the answer', async () => {
  const client = at(places.asking, { elicitation: { form: {} } });
  const args = { label: 'asks' };
  const back = questionOf(await client.call('ask', args, meta('asks'))).accept({ word: 'blue' });
  const told = await client.call('ask', args, { ...meta('asks'), ...back });
  expect(wordsOf(told)).toContain('blue');
  const again = await client.call('ask', args, { ...meta('asks'), ...back });
  expect(wordsOf(again)).toBe(wordsOf(told));
  expect(asking.calls('asks')).toBe(1);
});

test('a key that cannot be one is none of ours to heed, and is not handed on', async () => {
  const args = { label: 'no key at all', text: 'x' };
  for (const key of ['', 'ä', 'x'.repeat(256), 7]) await at().call('write', args, { meta: { [KEY]: key } });
  expect(upstream.memory.count('write', 'no key at all')).toBe(4);
  const metas = upstream.memory.of('write').map((call) => JSON.stringify(call.meta ?? {}));
  expect(metas.filter((text) => /idempotency/i.test(text))).toEqual([]);
});
