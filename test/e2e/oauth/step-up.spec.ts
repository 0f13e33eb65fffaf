import { type Person, startTestApp, type TestApp } from '../../support/app.js';
import { LegacyProgram } from '../../support/gateway/legacy-program.js';
import { ModernProgram } from '../../support/gateway/modern-program.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../../support/upstreams/scripted-upstream.js';
import { issuerOf, RawClient } from './support.js';

let app: TestApp;
let upstream: ScriptedUpstream;
let person: Person;
let client: RawClient;
let resource: string;

beforeAll(async () => {
  [app, upstream] = await Promise.all([startTestApp(), startScriptedUpstream()]);
  person = await app.signIn();
  const { id } = await app.addServer(person, upstream.url, { approval_policy: 'auto_approve' });
  client = await RawClient.register(app);
  resource = `${issuerOf(app).slice(0, -'/oauth'.length)}/mcp/s/${id}`;
}, 60_000);
afterAll(async () => {
  await app.stop();
  await upstream.close();
});

const placeWith = async (scope: string) => {
  const { access_token: token } = await client.connect(person, { scope, resource });
  return { url: resource, headers: { authorization: `Bearer ${token}` } };
};

type Call = (
  place: Awaited<ReturnType<typeof placeWith>>,
  label: string,
) => Promise<{ status: number; headers: Headers }>;

const calls: [string, Call][] = [
  ['of the newer era', (place, label) => new ModernProgram(place).call('write', { label, text: 'x' })],
  ['of the older era', async (place, label) => (await LegacyProgram.begin(place)).call('write', { label, text: 'x' })],
  [
    'of the older era, in a batch',
    async (place, label) => {
      const session = await LegacyProgram.begin(place, { version: '2025-03-26' });
      const call = { name: 'write', arguments: { label, text: 'x' } };
      const batch = [
        { jsonrpc: '2.0', id: 1, method: 'tools/list' },
        { jsonrpc: '2.0', id: 2, method: 'tools/call', params: call },
      ];
      return fetch(place.url, {
        method: 'POST',
        headers: {
          accept: 'application/json, text/event-stream',
          'content-type': 'application/json',
          ...place.headers,
          ...session.headers,
        },
        body: JSON.stringify(batch),
      });
    },
  ],
];

describe.each(calls)('a token that lacks the scope for a call, %s,', (how, call) => {
  test('is refused with 403, which says what to ask for and where; with more of it the call is made', async () => {
    const { status, headers } = await call(await placeWith('mcp:read'), how);
    const challenge = headers.get('www-authenticate') ?? '';
    const parameters = new Map(
      [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
    );
    const said = (name: string) => parameters.get(name) ?? '';
    expect([status, challenge.startsWith('Bearer ')]).toEqual([403, true]);
    expect([said('error'), said('scope')]).toEqual(['insufficient_scope', 'mcp:read mcp:execute']);
    const { body } = await app.api('GET', new URL(said('resource_metadata')).pathname);
    expect(new URL(String(body.resource)).pathname).toBe(new URL(resource).pathname);
    expect(upstream.memory.count('write', how)).toBe(0);
    expect((await call(await placeWith(said('scope')), how)).status).toBe(200);
    expect(upstream.memory.count('write', how)).toBe(1);
  });
});
