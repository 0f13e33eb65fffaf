import { eventually, type Person, startTestApp, type TestApp } from '../../support/app.js';
import type { Question } from '../../support/oauth-browser.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../../support/upstreams/scripted-upstream.js';
import { Organizations } from '../../support/organizations.js';
import { browserOf, newPkce, RawClient } from './support.js';

/** What the page that asks shows of what is behind the address: what a client would find there, and no more. */

let app: TestApp;
let person: Person;
let client: RawClient;
const upstreams: ScriptedUpstream[] = [];
const ids: string[] = [];

beforeAll(async () => {
  app = await startTestApp();
  person = await app.signIn();
  client = await RawClient.register(app);
  for (const name of ['First', 'Second']) {
    const upstream = await startScriptedUpstream();
    upstreams.push(upstream);
    ids.push((await app.addServer(person, upstream.url, { name })).id);
  }
}, 60_000);
afterAll(async () => {
  await Promise.all(upstreams.map((upstream) => upstream.close()));
  await app.stop();
}, 30_000);

async function questionAt(path: string, who = person): Promise<Omit<Question, 'uid'>> {
  const browser = browserOf(app, who);
  const { uid = '' } = await browser.open(client.authorizeUrl(newPkce(), { resource: `${client.resource}${path}` }));
  const { uid: _uid, ...question } = await browser.ask(uid);
  return question;
}

async function toolNames(serverId: string | undefined): Promise<string[]> {
  const { body } = await person.call<{ tools: { name: string }[] }>('GET', `/servers/${serverId}/tools`);
  return body.tools.map(({ name }) => name);
}

test('of all servers all are named, with their tools', async () => {
  const question = await questionAt('');
  expect(question.resource).toMatchObject({ kind: 'all', title: null, found: true });
  expect(question.servers.map(({ name }) => name)).toEqual(['First', 'Second']);
  expect(question.server_count).toBe(2);
  expect(question.servers[0]).toMatchObject({ tools: await toolNames(ids[0]) });
});

test.each(['first', 'id'])('of one server, by its %s, only this', async (named) => {
  const question = await questionAt(`/s/${named === 'id' ? ids[0] : named}`);
  expect(question.resource).toMatchObject({ kind: 'server', title: 'First', found: true });
  expect(question.servers.map(({ name }) => name)).toEqual(['First']);
  expect(question.server_count).toBe(1);
});

test('of a toolset only the servers and tools in it, by what their servers call them', async () => {
  const [chosen = '', hidden = ''] = await toolNames(ids[1]);
  await person.call('POST', '/toolsets', {
    name: 'Only one tool',
    handle: 'only-one',
    entries: [
      { server_id: ids[1], tool: chosen, name: 'another_name' },
      { server_id: ids[1], tool: hidden, hidden: true },
    ],
  });
  const question = await questionAt('/t/only-one');
  expect(question.resource).toMatchObject({ kind: 'toolset', title: 'Only one tool', found: true });
  expect(question.servers).toEqual([{ id: ids[1], name: 'Second', tool_count: 1, tools: [chosen] }]);
  expect(question.server_count).toBe(1);
});

test('of a toolset that is not there, or is for others, nothing is there', async () => {
  const body = { name: 'For keys', handle: 'for-keys', entries: [], audience: { roles: [], users: [], keys: [] } };
  await person.call('POST', '/toolsets', body);
  for (const handle of ['nowhere', 'for-keys']) {
    const { resource, servers } = await questionAt(`/t/${handle}`);
    expect({ resource, servers }).toMatchObject({ resource: { found: false, title: null }, servers: [] });
  }
});

test('what the person may not use or call is not said to be given', async () => {
  const guest = await new Organizations(app).join(person, 'developer');
  const [first = '', second = ''] = ids;
  await person.call('PUT', `/servers/${first}/access`, { access: 'restricted' });
  const [kept = '', ...others] = await toolNames(second);
  await person.call('PUT', `/servers/${second}/tools/${kept}/callers`, { least_role: 'admin', users: null });
  const question = await eventually(
    () => questionAt('', guest),
    ({ servers }) => servers.length === 1 && !servers[0]?.tools.includes(kept),
  );
  expect(question.servers).toEqual([{ id: second, name: 'Second', tool_count: others.length, tools: others }]);
  expect((await questionAt(`/s/${first}`, guest)).resource.found).toBe(false);
});
