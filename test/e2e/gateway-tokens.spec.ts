import { LegacyProgram } from '../support/gateway/legacy-program.js';
import { ModernProgram } from '../support/gateway/modern-program.js';
import { startOneServer } from '../support/gateway/one-server.js';
import { startAskingUpstream } from '../support/upstreams/asking-upstream.js';

const start = () => startOneServer(startAskingUpstream);
let product: Awaited<ReturnType<typeof start>>;
beforeAll(async () => {
  product = await start();
}, 60_000);
afterAll(() => product.stop());

test('a server sees nothing of what its callers show us, nor what they tell us alone', async () => {
  const { app, owner, server, upstream, key } = product;
  const secrets = {
    authorization: key.headers.authorization,
    cookie: 'session=a-cookie-of-ours',
    'x-api-key': 'a-key-in-a-header',
    'x-forwarded-for': '192.0.2.77',
    'proxy-authorization': 'Basic cHJveHk6c2VjcmV0',
  };
  const before = upstream.seen.length;
  for (const path of ['/mcp', `/mcp/s/${server.id}`]) {
    const place = { url: `${app.url}${path}`, headers: secrets };
    const modern = new ModernProgram(place);
    const [tool = ''] = await modern.tools();
    await modern.call(
      tool,
      { label: 'tokens', times: 0 },
      { meta: { 'io.switchyard/idempotencyKey': 'a-key-of-ours' + path, 'example.com/private': 'what-is-private' } },
    );
    const legacy = await LegacyProgram.begin(place);
    await legacy.call(tool, { label: 'tokens', times: 0 });
    await legacy.ask('resources/read', { uri: 'a:b' });
  }
  expect(upstream.calls('tokens')).toBe(4);
  const seen = JSON.stringify(upstream.seen.slice(before));
  const kept = [
    key.headers.authorization.slice(7),
    'a-cookie-of-ours',
    'a-key-in-a-header',
    '192.0.2.77',
    'cHJveHk6c2VjcmV0',
    'a-key-of-ours',
    owner.email,
    owner.user.id,
  ];
  expect(kept.filter((secret) => seen.includes(secret))).toEqual([]);
  expect(upstream.seen.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
});
