import { LegacyProgram } from '../support/gateway/legacy-program.js';
import { ModernProgram } from '../support/gateway/modern-program.js';
import { startOneServer } from '../support/gateway/one-server.js';
import { approvalOf, faultOf, wordsOf } from '../support/gateway/said.js';
import { startScriptedUpstream } from '../support/upstreams/scripted-upstream.js';

const start = () => startOneServer(startScriptedUpstream, { policy: 'require_approval_writes' });
let product: Awaited<ReturnType<typeof start>>;
beforeAll(async () => {
  product = await start();
}, 60_000);
afterAll(() => product.stop());

describe.each([
  ['U+0000', 'a\0'],
  ['half of a character', '\ud800'],
])('text with %s, which no database keeps,', (_what, odd) => {
  test('is refused where it would be kept: in a handshake, and as a subscription', async () => {
    const place = product.placeAt();
    const hello = await LegacyProgram.initialize(place, '2025-11-25', { [odd]: {} });
    expect(hello.error?.code).toBe(-32602);
    const session = await LegacyProgram.begin({ ...place, url: `${product.app.url}/mcp` });
    const subscribed = await session.ask('resources/subscribe', { uri: `a:${odd}` });
    expect(subscribed.error?.code).toBe(-32602);
    expect((await session.ask('resources/subscribe', { uri: 'a:b' })).error).toBeUndefined();
  });

  test('goes through a call that is made at once, and no call waits with it', async () => {
    const client = new ModernProgram(product.placeAt());
    expect((await client.call('read', { label: odd })).result?.isError).not.toBe(true);
    expect(product.upstream.memory.count('read', odd)).toBe(1);
    const held = await client.call('write', { label: odd, text: 'x' });
    expect([faultOf(held), approvalOf(held)]).toEqual(['ARGUMENTS_UNREADABLE', undefined]);
    expect(wordsOf(held)).toContain('cannot wait');
  });
});
