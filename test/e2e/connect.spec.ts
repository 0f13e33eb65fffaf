import { ORIGIN, type Origin } from '../../src/platform/tokens.js';
import { type Person, type ServerRow, startTestApp, type TestApp } from '../support/app.js';
import { Organizations } from '../support/organizations.js';
import { type ListingUpstream, startListingUpstream } from '../support/upstreams/listing-upstream.js';

interface Connect {
  code: string;
  label: string;
  name: string;
  url: string;
  hints: string[];
  setups: { client: string; auth: string; kind: string; text: string; path?: string; steps: string[] }[];
}

let app: TestApp;
let upstream: ListingUpstream;
let owner: Person;
let server: ServerRow;
beforeAll(async () => {
  [app, upstream] = await Promise.all([
    startTestApp(),
    startListingUpstream([{ name: 'search', inputSchema: { type: 'object' } }]),
  ]);
  // As PUBLIC_URL has it: no name leads here.
  app.get<Origin>(ORIGIN as never).url = 'https://gate.example.com/';
  owner = await app.signIn();
  server = await app.addServer(owner, upstream.url, { name: `Bob's "notes"; $(reboot)` });
}, 60_000);
afterAll(async () => {
  await app.stop();
  await upstream.close();
});

const connect = (query = '', by: Person = owner) => by.call<Connect>('GET', `/connect${query}`);

test('all servers, one of them, or a toolset are connected at the address that the outside knows', async () => {
  await owner.call('POST', '/toolsets', { name: 'Support desk', handle: 'support' });
  expect((await connect()).body).toMatchObject({ name: 'switchyard', url: 'https://gate.example.com/mcp', hints: [] });
  const one = {
    label: server.name,
    name: 'switchyard-bob-s-notes-reboot',
    url: `https://gate.example.com/mcp/s/${server.id}`,
  };
  expect((await connect(`?server=${server.id}`)).body).toMatchObject(one);
  expect((await connect('?server=bob-s-notes-reboot')).body).toMatchObject(one);
  expect((await connect('?toolset=support')).body).toMatchObject({
    label: 'Support desk',
    name: 'switchyard-support',
    url: 'https://gate.example.com/mcp/t/support',
  });
});

test('every client has a way to sign in, or one by a key, and no secret is in any', async () => {
  const { body, text } = await connect();
  const clients = [
    'claude-code',
    'claude-desktop',
    'cursor',
    'vscode',
    'codex',
    'gemini-cli',
    'mcp-remote',
    'inspector',
  ];
  for (const client of clients) {
    for (const auth of ['oauth', 'api_key']) {
      expect(body.setups).toContainEqual(expect.objectContaining({ client, auth }));
    }
  }
  expect(body.setups.filter(({ client }) => client === 'curl')).toHaveLength(1);
  for (const { steps } of body.setups) expect(steps.length).toBeGreaterThan(0);
  expect(text).not.toContain(owner.token);
  expect(text).not.toMatch(/mcp_sk_/);
});

test('what is not there, or not to be used, is not connected', async () => {
  const viewer = await new Organizations(app).join(owner, 'viewer');
  const stranger = await app.signIn();
  expect((await connect(`?server=${server.id}`, viewer)).body.code).toBe('SERVER_ACCESS_TOO_LOW');
  expect((await connect(`?server=${server.id}`, stranger)).body.code).toBe('SERVER_NOT_FOUND');
  expect((await connect('?toolset=support', stranger)).body.code).toBe('TOOLSET_NOT_FOUND');
  expect((await connect('?server=a&toolset=b')).status).toBe(400);
  expect((await connect('?client=curl')).status).toBe(400);
  expect((await connect('', stranger)).status).toBe(200);
});

test('an address that only this machine reaches says so', async () => {
  const local = await startTestApp();
  try {
    const { body } = await connect('', await local.signIn());
    expect(body.hints).toEqual(['loopback']);
    expect(body.url).toMatch(/^http:\/\/localhost:\d+\/mcp$/);
    expect(body.setups.some(({ client, kind }) => client === 'claude-desktop' && kind === 'text')).toBe(false);
  } finally {
    await local.stop();
  }
});
