import { eventually, type Person, type ServerRow, startTestApp, type TestApp } from '../support/app.js';
import { makeKey } from '../support/api-keys.js';
import { LegacyProgram } from '../support/gateway/legacy-program.js';
import { ModernProgram } from '../support/gateway/modern-program.js';
import { faultOf, type Said, wordsOf } from '../support/gateway/said.js';
import { type ListingUpstream, startListingUpstream } from '../support/upstreams/listing-upstream.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/upstreams/scripted-upstream.js';

const LONG = 'a_tool_whose_name_is_as_long_as_the_older_clients_still_take_it_';
const tool = (name: string) => ({ name, description: `Does ${name}.`, inputSchema: { type: 'object' } });

let app: TestApp;
let scripted: ScriptedUpstream;
let upstreams: ListingUpstream[];
let owner: Person;
let stranger: Person;
let files: ServerRow;
let foreign: ServerRow;
let headers: Record<string, string>;

beforeAll(async () => {
  app = await startTestApp();
  scripted = await startScriptedUpstream();
  upstreams = await Promise.all([
    startListingUpstream([tool('same'), tool('a.b'), tool('a/b'), tool(`${LONG}1`), tool(`${LONG}2`)]),
    startListingUpstream([tool('same'), tool('secret_of_others')]),
  ]);
  owner = await app.signIn();
  stranger = await app.signIn();
  const [odd = '', others = ''] = upstreams.map(({ url }) => url);
  files = await app.addServer(owner, scripted.url, { name: 'Files', approval_policy: 'auto_approve' });
  await app.addServer(owner, odd, { name: 'Odd Names', approval_policy: 'auto_approve' });
  foreign = await app.addServer(stranger, others, { name: 'Theirs', approval_policy: 'auto_approve' });
  const set = { name: 'Theirs', handle: 'their-set', entries: [] };
  expect((await stranger.call('POST', '/toolsets', set)).status).toBe(201);
  headers = (await makeKey(owner)).headers;
}, 60_000);
afterAll(async () => {
  await app.stop();
  await Promise.all([scripted, ...upstreams].map((upstream) => upstream.close()));
});

const at = (path: string) => new ModernProgram({ url: `${app.url}${path}`, headers });
const masked = ({ status, text }: Said, path: string) =>
  `${status} ${text}`.replaceAll(/req_[0-9a-f]+/g, 'req').replaceAll(path.split('/').at(-1) ?? '', 'id');

describe('one server', () => {
  test('is found by its id and by its handle, with its own names', async () => {
    const [byId, byHandle] = [await at(`/mcp/s/${files.id}`).tools(), await at('/mcp/s/files').tools()];
    expect(byId).toContain('read');
    expect(byHandle).toEqual(byId);
    const said = await at('/mcp/s/files').call('read', { label: 'by handle' });
    expect(wordsOf(said)).toBe('2 rows.');
  });

  test.each(['/mcp/s/', '/mcp/t/'])(
    'of another organization, and one that is nowhere, are told alike: %s',
    async (prefix) => {
      const before = upstreams[1]?.calls.length;
      const paths = [
        ...(prefix === '/mcp/s/' ? [foreign.id, 'theirs'] : ['their-set']),
        'mcp_0123456789',
        'nothing',
      ].map((name) => `${prefix}${name}`);
      const told: Record<string, unknown>[] = [];
      for (const path of paths) {
        const place = { url: `${app.url}${path}`, headers };
        const modern = new ModernProgram(place);
        told.push({
          initialize: masked(await LegacyProgram.initialize(place), path),
          discover: masked(await modern.ask('server/discover'), path),
          list: masked(await modern.ask('tools/list'), path),
          prompts: masked(await modern.ask('prompts/list'), path),
          read: masked(await modern.ask('resources/read', { uri: 'a:b' }), path),
          call: masked(await modern.call('secret_of_others', {}), path),
          listen: (await modern.listen({ toolsListChanged: true })).status,
        });
      }
      for (const one of told) expect(one).toEqual(told[0]);
      const { listen, ...answers } = told[0] ?? {};
      expect(listen).toBe(404);
      for (const answer of Object.values(answers)) expect(answer).toMatch(/^404 {"jsonrpc":"2.0".*_NOT_FOUND/);
      expect(JSON.stringify(told)).not.toContain('INTERNAL');
      expect(upstreams[1]?.calls.length).toBe(before);
    },
  );

  test('that was removed is not there any more for a session that goes on', async () => {
    const { id } = await app.addServer(owner, scripted.url, { name: 'Passing', approval_policy: 'auto_approve' });
    const session = await LegacyProgram.begin({ url: `${app.url}/mcp/s/${id}`, headers });
    expect(await session.tools()).toContain('read');
    await owner.call('DELETE', `/servers/${id}`);
    const gone = await eventually(
      () => session.ask('tools/list'),
      ({ result }) => result === undefined,
    );
    expect(gone.status).toBe(404);
  });
});

describe('what is no place', () => {
  test.each([
    '/mcp/nothing',
    '/mcp/',
    '/mcp/s',
    '/mcp/s/',
    '/mcp/s/a/b',
    '/mcp/t',
    '/mcp/s/%2e%2e',
    '/mcp/S/files',
    '/mcp/s/files/',
  ])('%s is nothing for anybody', async (path) => {
    const said = await at(path).ask('tools/list');
    expect([said.status, said.error?.data?.code]).toEqual([404, 'NOT_FOUND']);
  });
});

describe('all servers together', () => {
  test('have names that every client takes, each one once, and each can be called', async () => {
    const names = await at('/mcp').tools();
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_.-]{1,64}$/);
    const odd = names.filter((name) => name.startsWith('odd-names__'));
    expect(odd.length).toBe(5);
    for (const name of odd) expect(wordsOf(await at('/mcp').call(name, {}))).toBe('ok');
    const reached = upstreams[0]?.calls.map((call) => call.tool) ?? [];
    expect(new Set(reached)).toEqual(new Set(['same', 'a.b', 'a/b', `${LONG}1`, `${LONG}2`]));
  });

  test('have nothing of another organization', async () => {
    expect((await at('/mcp').tools()).filter((name) => /secret|theirs/.test(name))).toEqual([]);
    const said = await at('/mcp').call('theirs__secret_of_others', {});
    expect([said.error?.code, said.error?.data?.code]).toEqual([-32602, 'TOOL_NOT_FOUND']);
  });

  test('have resources whose links in results can be read', async () => {
    const said = await at('/mcp').call('files__make_files', { kind: 'linked' });
    const [link] = (said.result?.content ?? []) as { type: string; uri: string }[];
    expect(link).toMatchObject({ type: 'resource_link', uri: 'files+scripted://linked' });
    const read = await at('/mcp').ask('resources/read', { uri: link?.uri });
    expect(read.result?.contents).toMatchObject([
      { uri: link?.uri, text: expect.stringContaining('linked') as string },
    ]);
    const listed = await at('/mcp').ask('resources/list');
    expect(listed.result?.resources).toMatchObject([{ uri: 'files+scripted://linked', name: 'linked' }]);
    const nowhere = await at('/mcp').ask('resources/read', { uri: 'files+scripted://nowhere' });
    expect(nowhere.error?.code).toBe(-32602);
    const unexposed = await at('/mcp').ask('resources/read', { uri: 'scripted://linked' });
    expect(unexposed.error?.code).toBe(-32602);
    const theirs = await at('/mcp').ask('resources/read', { uri: 'theirs+scripted://linked' });
    expect(theirs.error?.code).toBe(-32602);
  });
});

describe('a toolset', () => {
  beforeAll(async () => {
    const entries = [
      { server_id: files.id, tool: 'read', name: 'look_up', description: 'Looks rows up.' },
      { server_id: files.id, tool: 'make_files' },
      { server_id: files.id, tool: 'write', hidden: true },
    ];
    for (const [handle, presentation] of [
      ['chosen', 'definitions'],
      ['searched', 'search'],
    ]) {
      const made = await owner.call('POST', '/toolsets', { name: `Set ${handle}`, handle, entries, presentation });
      expect(made.status).toBe(201);
    }
  });

  test('shows what it has under the names it gives, and nothing else can be called', async () => {
    const place = at('/mcp/t/chosen');
    expect((await place.tools()).sort()).toEqual(['look_up', 'make_files']);
    expect(wordsOf(await place.call('look_up', { label: 'set', rows: 3 }))).toBe('3 rows.');
    for (const name of ['write', 'read', 'erase', 'files__read']) {
      expect((await place.call(name, { label: 'hidden', text: 'x' })).error?.code).toBe(-32602);
    }
    expect(scripted.memory.count('write', 'hidden')).toBe(0);
  });

  test('links to resources that can be read there', async () => {
    const place = at('/mcp/t/chosen');
    const said = await place.call('make_files', { kind: 'linked' });
    const [link] = (said.result?.content ?? []) as { uri: string }[];
    expect((await place.ask('resources/read', { uri: link?.uri })).result?.contents).toHaveLength(1);
  });

  test('that is searched shows two tools; what they find can be called, what is hidden cannot', async () => {
    const place = at('/mcp/t/searched');
    expect(await place.tools()).toEqual(['search_tools', 'call_tool']);
    const found = await place.call('search_tools', { query: 'look rows up' });
    expect(found.result?.structuredContent).toMatchObject({ total: 2, tools: [{ name: 'look_up' }] });
    const called = await place.call('call_tool', { name: 'look_up', arguments: { label: 'searched', rows: 1 } });
    expect(wordsOf(called)).toBe('1 rows.');
    const hidden = await place.call('call_tool', { name: 'write', arguments: { label: 'hidden', text: 'x' } });
    expect(faultOf(hidden)).toBe('TOOL_NOT_FOUND');
    for (const args of [{}, { name: 5 }, { name: 'look_up', arguments: [] }]) {
      expect(faultOf(await place.call('call_tool', args))).toBe('INVALID_ARGUMENTS');
    }
    expect(faultOf(await place.call('search_tools', { query: '' }))).toBe('INVALID_ARGUMENTS');
    expect(scripted.memory.count('write', 'hidden')).toBe(0);
  });
});
