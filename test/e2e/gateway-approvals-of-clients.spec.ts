import { eventually } from '../support/app.js';
import { makeKey } from '../support/api-keys.js';
import { ModernProgram } from '../support/gateway/modern-program.js';
import { startOneServer } from '../support/gateway/one-server.js';
import { approvalOf } from '../support/gateway/said.js';
import { startScriptedUpstream } from '../support/upstreams/scripted-upstream.js';
import { RawClient } from './oauth/support.js';

const start = () => startOneServer(startScriptedUpstream, { policy: 'require_approval_all' });
let product: Awaited<ReturnType<typeof start>>;
beforeAll(async () => {
  product = await start();
}, 60_000);
afterAll(() => product.stop());

const programOf = (headers: Record<string, string>) => new ModernProgram({ ...product.placeAt(), headers });
const byKey = async () => programOf((await makeKey(product.owner)).headers);
const signIn = async (client: RawClient) => {
  const resource = `${client.resource}/s/${product.server.id}`;
  const { access_token: token } = await client.connect(product.owner, { resource });
  return programOf({ authorization: `Bearer ${token}` });
};

const ask = async (program: ModernProgram, label: string) =>
  approvalOf(await program.call('write', { label, text: 'x' }))?.id;
const approve = async (id: string | undefined) =>
  expect(await product.owner.call('POST', `/approvals/${id}/decide`, { decision: 'approve' })).toMatchObject({
    status: 200,
  });
const resultOf = (program: ModernProgram, label: string) =>
  eventually(
    () => program.call('write', { label, text: 'x' }),
    (said) => approvalOf(said) === undefined,
  );
const written = (label: string) => product.upstream.memory.count('write', label);

/** Two programs of one person. */
const OTHERS: Record<string, () => Promise<[ModernProgram, ModernProgram]>> = {
  'another key': async () => [await byKey(), await byKey()],
  'another client': async () => [
    await signIn(await RawClient.register(product.app)),
    await signIn(await RawClient.register(product.app)),
  ],
  'a client, where it was a key': async () => [await byKey(), await signIn(await RawClient.register(product.app))],
};

test.each(Object.entries(OTHERS))('the same call by %s of the same person is another one', async (name, connect) => {
  const [one, other] = await connect();
  const asked = await ask(one, name);
  await approve(asked);
  const askedAgain = await ask(other, name);
  expect(askedAgain).toMatch(/^apr_/);
  expect(askedAgain).not.toBe(asked);
  expect((await resultOf(one, name)).result).toMatchObject({ structuredContent: { written: 'x', count: 1 } });
  expect(written(name)).toBe(1);
  await approve(askedAgain);
  expect((await resultOf(other, name)).result).toMatchObject({ structuredContent: { written: 'x', count: 2 } });
});

test('a client that signed in anew gets the result of what it asked for before', async () => {
  const client = await RawClient.register(product.app);
  const asked = await ask(await signIn(client), 'before');
  const anew = await signIn(client);
  expect(await ask(anew, 'before')).toBe(asked);
  await approve(asked);
  expect((await resultOf(anew, 'before')).result).toMatchObject({ structuredContent: { written: 'x', count: 1 } });
  expect(written('before')).toBe(1);
});
