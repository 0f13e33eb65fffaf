import { type Person, startTestApp, type TestApp } from '../support/app.js';
import { type ListingUpstream, startListingUpstream } from '../support/upstreams/listing-upstream.js';

/** MCP lets a tool's name have 128 characters, and some servers do not care. */
const NAMES = ['a'.repeat(100), 'b'.repeat(128), 'ä'.repeat(128), '😀'.repeat(128)];

let app: TestApp;
let person: Person;
let upstream: ListingUpstream;
let server: string;
beforeAll(async () => {
  app = await startTestApp();
  person = await app.signIn();
  upstream = await startListingUpstream(NAMES.map((name) => ({ name, inputSchema: { type: 'object' } })));
  server = (await app.addServer(person, upstream.url, { approval_policy: 'auto_approve' })).id;
}, 60_000);
afterAll(async () => {
  await upstream.close();
  await app.stop();
}, 30_000);

test.each(NAMES.map((name) => [name.slice(0, 2), [...name].length, name]))(
  'a tool called %s… of %i characters is shown, decided on and called',
  async (_shown, _length, name) => {
    const path = `/servers/${server}/tools/${encodeURIComponent(name)}`;
    const shown = await person.call<{ tool: { name: string } }>('GET', path);
    expect([shown.status, shown.body.tool?.name]).toEqual([200, name]);
    expect((await person.call('PATCH', path, { approval_policy: 'auto_approve' })).status).toBe(200);
    expect((await person.call('POST', `${path}/call`, { arguments: {} })).status).toBe(200);
    expect(upstream.calls.at(-1)?.tool).toBe(name);
  },
);
