import { eventually, type TestApp } from '../support/app.js';
import { ModernProgram } from '../support/gateway/modern-program.js';
import { startOneServerTwice } from '../support/gateway/one-server.js';
import { approvalOf, questionOf, type Said, wordsOf } from '../support/gateway/said.js';
import { startScriptedUpstream } from '../support/upstreams/scripted-upstream.js';

const FORMS = { elicitation: { form: {} } };

const start = () => startOneServerTwice(startScriptedUpstream, { policy: 'require_approval_all' });
let product: Awaited<ReturnType<typeof start>>;
let bothProcesses: TestApp[];
beforeAll(async () => {
  product = await start();
  bothProcesses = [product.app, product.other];
}, 60_000);
afterAll(() => product.stop());

const at = (process = product.app) => new ModernProgram(product.placeAt(process), FORMS);
const usesLeft = async () => {
  const { body } = await product.owner.call<{ grants: { uses_left: number }[] }>('GET', '/approvals/grants');
  return body.grants.map(({ uses_left }) => uses_left);
};

/** From now on so many calls with labels below this one need nobody's word. */
async function allow(tool: string, label: string, times: number): Promise<void> {
  const args = { label: `${label}/allowed`, ...(tool === 'write' && { text: 'x' }) };
  const id = approvalOf(await at().call(tool, args))?.id ?? '';
  const scope = { type: 'matching', match: { '/label': { prefix: label } }, max_uses: times };
  const { status, text } = await product.owner.call('POST', `/approvals/${id}/decide`, { decision: 'approve', scope });
  if (status !== 200) throw new Error(text);
  await eventually(
    () => product.owner.call<{ call: { status: string } }>('GET', `/approvals/${id}`),
    ({ body }) => body.call.status === 'finished',
  );
}

/** The answer to what the server asked. */
const backFrom = (said: Said) => questionOf(said).accept({ name: 'Ada' });
const isHello = (said: Said) => wordsOf(said) === 'Hello, Ada.';

describe('a permission for one call', () => {
  test('whose server asks in between lets it go on once, at whichever process; then a person is asked', async () => {
    await allow('ask', '/once', 1);
    const args = { label: '/once/call' };
    const back = backFrom(await at().call('ask', args));
    expect(back.requestState).toEqual(expect.any(String));
    expect(isHello(await at(product.other).call('ask', args, back))).toBe(true);
    for (const process of bothProcesses) {
      const replayed = await at(process).call('ask', args, back);
      expect([isHello(replayed), approvalOf(replayed)?.id]).toEqual([false, expect.stringMatching(/^apr_/)]);
    }
  });

  test('lets one go on of many that come back at the same time', async () => {
    await allow('ask', '/many', 1);
    const args = { label: '/many/call' };
    const back = backFrom(await at().call('ask', args));
    const all = await Promise.all(
      [...bothProcesses, ...bothProcesses, ...bothProcesses].map((one) => at(one).call('ask', args, back)),
    );
    expect(all.filter(isHello)).toHaveLength(1);
    expect(all.filter((said) => approvalOf(said)?.id !== undefined)).toHaveLength(5);
  });

  test('is not used up by what was not sent', async () => {
    await allow('ask', '/away', 1);
    const args = { label: '/away/call' };
    const back = backFrom(await at().call('ask', args));
    await product.upstream.die();
    const lost = await at().call('ask', args, back);
    expect([lost.result?.isError, approvalOf(lost)?.id]).toEqual([true, undefined]);
    await product.upstream.revive();
    await eventually(() => at().call('ask', args, back), isHello);
    expect(isHello(await at().call('ask', args, back))).toBe(false);

    await allow('write', '/gone', 1);
    expect(await usesLeft()).toEqual([1]);
    await product.upstream.die();
    expect((await at().call('write', { label: '/gone/call', text: 'x' })).result?.isError).toBe(true);
    expect(await usesLeft()).toEqual([1]);
    await product.upstream.revive();
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
    for (const process of [...bothProcesses, product.app]) {
      expect(isHello(await at(process).call('ask', args, { ...back, ...meta }))).toBe(true);
    }
  });
});

test('a call that needs nobody’s word goes on as often as it comes back', async () => {
  await product.owner.call('PUT', `/servers/${product.server.id}`, { approval_policy: 'auto_approve' });
  const args = { label: 'auto' };
  const back = backFrom(await at().call('ask', args));
  for (const process of bothProcesses) {
    const comeBack = () => at(process).call('ask', args, back);
    // The other process hears of the policy a moment later.
    await eventually(comeBack, isHello);
    expect(isHello(await comeBack())).toBe(true);
  }
});
