import { eventually } from '../support/app.js';
import { connectSdkOne } from '../support/eras/sdk-one.js';
import { connectSdkTwo } from '../support/eras/sdk-two.js';
import { startOneServer } from '../support/gateway/one-server.js';
import { startScriptedUpstream } from '../support/upstreams/scripted-upstream.js';

const start = () => startOneServer(startScriptedUpstream, { policy: 'require_approval_all' });
let product: Awaited<ReturnType<typeof start>>;
beforeAll(async () => {
  product = await start();
}, 60_000);
afterAll(() => product.stop());

describe.each([
  ['version 1', connectSdkOne],
  ['version 2', connectSdkTwo],
])('a program on %s of the official SDK, which holds tools to what they promise to answer,', (version, connect) => {
  const approved = async (rows: number) => {
    const client = await connect(product.placeAt());
    expect(await client.listTools()).toContain('read');
    const call = () => client.call('read', { label: version, rows });
    const [, id] = /\/approvals\/(apr_\w+)/.exec(await call()) ?? [];
    const { status } = await product.owner.call('POST', `/approvals/${id}/decide`, { decision: 'approve' });
    expect(status).toBe(200);
    const said = await eventually(call, (text) => !text.includes('/approvals/'));
    await client.close();
    return said;
  };

  test('is told where to decide a call, and gets its result after that', async () => {
    expect(await approved(3)).toBe('3 rows.');
  });

  test('is told that a call was made whose result is too long to be kept for it, and where that is', async () => {
    expect(await approved(50_000)).toMatch(
      /^The call was made and has succeeded\. What it gave is too long to be told here, and is kept as read\.json \(art_\w+\)\./,
    );
  });
});
