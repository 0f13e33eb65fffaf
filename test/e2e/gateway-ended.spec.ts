import { once } from 'node:events';
import { connect } from 'node:net';
import { Metrics } from '../../src/platform/metrics/metrics.js';
import { eventually, type Person } from '../support/app.js';
import { makeKey, type ProgramKey } from '../support/api-keys.js';
import { ModernProgram } from '../support/gateway/modern-program.js';
import { startOneServerTwice } from '../support/gateway/one-server.js';
import { openAll } from '../support/gateway/open-all.js';
import { Organizations } from '../support/organizations.js';
import { startScriptedUpstream } from '../support/upstreams/scripted-upstream.js';

const WITHIN_MS = 5_000;

const start = () => startOneServerTwice(startScriptedUpstream);
let product: Awaited<ReturnType<typeof start>>;
beforeAll(async () => {
  product = await start();
}, 60_000);
afterAll(() => product.stop());

/** The ways by which somebody’s right to be here ends. */
const ENDS: Record<string, (made: { person: Person; key: ProgramKey }) => Promise<unknown>> = {
  'a key that is revoked': ({ person, key }) => person.call('DELETE', `/user/api-keys/${key.id}`),
  'a member who is removed': ({ person }) => product.owner.call('DELETE', `/organization/members/${person.user.id}`),
};

describe.each(Object.entries(ENDS))('%s', (_name, end) => {
  test.each(['here', 'at another process'])('has streams, calls and sessions ended within 5 s, %s', async (where) => {
    const { app, other, owner, upstream } = product;
    const person = await new Organizations(app).join(owner, 'developer');
    await eventually(
      async () => new ModernProgram({ url: `${app.url}/mcp`, headers: (await makeKey(person)).headers }).tools(),
      (names) => names.length > 0,
    );
    const key = await makeKey(person);
    const { url } = where === 'here' ? app : other;
    const open = await openAll({ url: `${url}/mcp`, headers: key.headers }, upstream.memory);
    const startedAt = performance.now();
    await end({ person, key });
    await open.ended;
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
  const { app, owner, upstream, key } = product;
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
});

test('who leaves while they are let in is not there any more', async () => {
  const { app, owner } = product;
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
  const { hostname, port } = new URL(app.url);
  const knockAndLeave = async () => {
    const { headers } = await makeKey(owner);
    const socket = connect(Number(port), hostname);
    const said = ['host: localhost', 'accept: application/json, text/event-stream', 'content-type: application/json'];
    const head = [...said, `authorization: ${headers.authorization}`, `content-length: ${body.length}`].join('\r\n');
    // A credential that nobody showed before is looked up.
    socket.end(`POST /mcp HTTP/1.1\r\n${head}\r\n\r\n${body}`, () => socket.resetAndDestroy());
    await once(socket, 'close');
  };
  const metrics = app.get(Metrics);
  const callers = async () => /^app_gateway_callers (\d+)$/m.exec((await metrics.expose()).text)?.[1];
  const before = await callers();
  for (let times = 0; times < 20; times += 1) await knockAndLeave();
  // Behind them in the same look-ups.
  await new ModernProgram({ url: `${app.url}/mcp`, headers: (await makeKey(owner)).headers }).tools();
  expect(await eventually(callers, (now) => now === before)).toBe(before);
});
