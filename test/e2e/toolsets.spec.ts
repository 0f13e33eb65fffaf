import { IdentityService } from '../../src/core/identity/identity.service.js';
import type { Principal } from '../../src/core/identity/principal.js';
import { ToolSearch } from '../../src/core/toolsets/tool-search.service.js';
import { Toolsets } from '../../src/core/toolsets/toolset-views.service.js';
import { eventually, type Person, type ServerRow, startTestApp, type TestApp } from '../support/app.js';
import { makeKey } from '../support/api-keys.js';
import { Organizations } from '../support/organizations.js';
import { type ListingUpstream, startListingUpstream } from '../support/upstreams/listing-upstream.js';

interface ToolsetBody {
  id: string;
  code: string;
  handle: string;
  path: string;
  entries: { server_id: string; server_name: string | null; tool: string; state: string }[];
  tools: { name: string; tool: string; title: string; description: string; tokens: number }[];
  tools_count: number;
  tokens: number;
  collisions: { name: string; entry: number; with: number }[];
  may_change: boolean;
  errors: { path: string; code: string }[];
}

const tool = (name: string, description = '') => ({
  name,
  description,
  inputSchema: { type: 'object', properties: { q: { type: 'string', description: 'What to look for.' } } },
});

let app: TestApp;
let other: TestApp;
let upstreams: ListingUpstream[];
let owner: Person;
let ada: Person;
let notes: ServerRow;
let files: ServerRow;
/** What the second server offers; changed by tests. */
const fileTools = [tool('search', 'Finds files.'), tool('delete_file', 'Deletes one.')];

beforeAll(async () => {
  app = await startTestApp();
  other = await startTestApp({ DATABASE_URL: app.databaseUrl, ROLE: 'api' });
  upstreams = [
    await startListingUpstream([tool('search', 'Finds notes.'), tool('write_note', 'Writes a note in Markdown.')]),
    await startListingUpstream(fileTools),
  ];
  owner = await app.signIn();
  ada = await new Organizations(app).join(owner, 'developer');
  notes = await app.addServer(owner, upstreams[0]?.url ?? '', { name: 'Notes' });
  files = await app.addServer(owner, upstreams[1]?.url ?? '', { name: 'Files' });
}, 60_000);
afterAll(async () => {
  await other.stop();
  await app.stop();
  await Promise.all(upstreams.map((upstream) => upstream.close()));
});

let made = 0;
const create = (body: object, by: Person = owner) => {
  made += 1;
  return by.call<ToolsetBody>('POST', '/toolsets', { name: `Set ${made}`, handle: `set-${made}`, ...body });
};
const change = (id: string, body: object, by: Person = owner) => by.call<ToolsetBody>('PATCH', `/toolsets/${id}`, body);
const entry = (server: ServerRow, name: string, more: object = {}) => ({ server_id: server.id, tool: name, ...more });
const principalOf = async (person: Person, at = app): Promise<Principal> =>
  at.get(IdentityService).authenticate({ scheme: 'bearer', token: person.token }, { ip: '127.0.0.1' });
const served = async (person: Person, handle: string, at = app) => {
  const view = await at.get(Toolsets).find(await principalOf(person, at), handle);
  return view?.tools.map(({ name }) => name);
};

describe('a toolset', () => {
  test('shows tools of several servers, renamed, described anew and hidden', async () => {
    const { status, body } = await create({
      name: 'Writing',
      handle: 'writing',
      entries: [
        entry(notes, 'search', { name: 'find_notes', title: 'Find notes', description: 'Only of this team.' }),
        entry(files, '*'),
        entry(files, 'delete_file', { hidden: true }),
        entry(notes, 'gone_tool'),
      ],
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ path: '/mcp/t/writing', may_change: true, tools_count: 2, collisions: [] });
    expect(body.tools.map(({ name, description }) => [name, description])).toEqual([
      ['find_notes', 'Only of this team.'],
      ['search', 'Finds files.'],
    ]);
    expect(body.entries.map(({ state }) => state)).toEqual(['offered', 'offered', 'hidden', 'missing']);
    expect(body.tokens).toBe(body.tools.reduce((sum, { tokens }) => sum + tokens, 0));
    const view = await app.get(Toolsets).find(await principalOf(ada), 'writing');
    expect(view?.byName.get('find_notes')).toMatchObject({
      serverId: notes.id,
      title: 'Find notes',
      tool: { name: 'search', description: 'Finds notes.', pin: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
    });
    expect((await ada.call<ToolsetBody>('GET', `/toolsets/${body.id}`)).body).toMatchObject({ may_change: false });
  });

  test('is refused where two tools would have one name, with the places', async () => {
    const { status, body } = await create({ entries: [entry(notes, 'search'), entry(files, 'search')] });
    expect([status, body.code]).toEqual([409, 'TOOLSET_NAMES_COLLIDE']);
    expect(body.errors).toEqual([expect.objectContaining({ path: '/entries/1', code: 'name_taken' })]);
    const previewed = await owner.call<ToolsetBody>('POST', '/toolsets/preview', {
      entries: [entry(notes, '*'), entry(files, 'search', { name: 'write_note' })],
    });
    expect(previewed.body.collisions).toEqual([{ name: 'write_note', entry: 0, with: 1 }]);
  });

  test('is refused with entries that cannot be, all told at once', async () => {
    const stranger = await app.signIn();
    const strange = await app.addServer(stranger, upstreams[0]?.url ?? '');
    const { status, body } = await create({
      entries: [
        entry(strange, 'search'),
        entry(notes, 'search'),
        entry(notes, 'search'),
        entry(files, '*', { name: 'x' }),
      ],
    });
    expect(status).toBe(400);
    expect(body.errors.map(({ path, code }) => [path, code])).toEqual([
      ['/entries/0/server_id', 'not_found'],
      ['/entries/2', 'repeated'],
      ['/entries/3', 'not_for_all'],
    ]);
    for (const wrong of [{ name: '' }, { handle: 'Not OK' }, { handle: '-x' }, { presentation: 'all' }, { more: 1 }]) {
      expect((await create(wrong)).status).toBe(400);
    }
    expect((await create({ entries: [entry(notes, 'search', { name: 'has space' })] })).status).toBe(400);
  });

  test('has a handle of its own in its organization, and none elsewhere', async () => {
    const { body } = await create({ handle: 'mine' });
    expect((await create({ handle: 'mine' })).body.code).toBe('TOOLSET_HANDLE_TAKEN');
    const second = await create({});
    expect((await change(second.body.id, { handle: 'mine' })).body.code).toBe('TOOLSET_HANDLE_TAKEN');
    const stranger = await app.signIn();
    expect((await create({ handle: 'mine' }, stranger)).status).toBe(201);
    expect(await served(stranger, 'mine')).toEqual([]);
    for (const [method, body_] of [['GET'], ['PATCH', {}], ['DELETE']] as const) {
      expect((await stranger.call(method, `/toolsets/${body.id}`, body_)).status).toBe(404);
    }
  });

  test('gives nobody a tool: each is served what they may call', async () => {
    await create({ handle: 'shared', entries: [entry(notes, '*'), entry(files, 'delete_file')] });
    expect(await served(ada, 'shared')).toEqual(['search', 'write_note', 'delete_file']);
    await owner.call('PUT', `/servers/${files.id}/tools/delete_file/callers`, { least_role: 'admin', users: null });
    expect(await served(ada, 'shared')).toEqual(['search', 'write_note']);
    expect(await served(owner, 'shared')).toEqual(['search', 'write_note', 'delete_file']);
    await owner.call('PUT', `/servers/${files.id}/tools/delete_file/callers`, { least_role: null, users: null });
    await owner.call('PUT', `/servers/${notes.id}/access`, { access: 'restricted' });
    expect(await served(ada, 'shared')).toEqual(['delete_file']);
    await owner.call('PUT', `/servers/${notes.id}/access`, { access: 'organization' });
    const limited = await makeKey(ada, {
      tools: [{ server_id: notes.id, tool: 'search' }],
      presentation: 'search',
    });
    const program = new Organizations(app).withToken(ada, limited.key);
    expect(await served(program, 'shared')).toEqual(['search']);
    const view = await app.get(Toolsets).find(await principalOf(program), 'shared');
    expect(view?.presentation).toBe('search');
  });

  test('is there for whom it is meant, and for who may change it', async () => {
    const { body } = await create({ handle: 'few', audience: { roles: ['admin'], users: [], keys: [] } });
    expect(await served(ada, 'few')).toBeUndefined();
    expect((await ada.call('GET', `/toolsets/${body.id}`)).status).toBe(404);
    const listed = (by: Person) => by.call('GET', '/toolsets').then(({ text }) => text.includes('"few"'));
    expect(await listed(ada)).toBe(false);
    expect(await listed(owner)).toBe(true);
    await change(body.id, { audience: { users: [ada.user.id] } });
    expect(await served(ada, 'few')).toEqual([]);
    expect(await listed(ada)).toBe(true);
  });

  test('is changed and deleted by who made it and by administrators', async () => {
    const { body } = await create({ handle: 'adas' }, ada);
    const bob = await new Organizations(app).join(owner, 'developer');
    expect((await change(body.id, { name: 'x' }, bob)).body.code).toBe('TOOLSET_NOT_YOURS');
    expect((await bob.call('DELETE', `/toolsets/${body.id}`)).status).toBe(403);
    expect((await change(body.id, { name: 'Mine' }, ada)).status).toBe(200);
    expect((await owner.call('DELETE', `/toolsets/${body.id}`)).status).toBe(204);
    expect((await ada.call('GET', `/toolsets/${body.id}`)).status).toBe(404);
    expect(await served(ada, 'adas')).toBeUndefined();
  });

  test('keeps entries of a server that is gone, and shows them as missing', async () => {
    const short = await app.addServer(owner, upstreams[0]?.url ?? '', { name: 'Short' });
    const { body } = await create({ handle: 'kept', entries: [entry(short, 'search'), entry(files, 'delete_file')] });
    await owner.call('DELETE', `/servers/${short.id}`);
    const read = await owner.call<ToolsetBody>('GET', `/toolsets/${body.id}`);
    expect(read.body.entries).toMatchObject([
      { server_id: short.id, server_name: null, state: 'missing' },
      { state: 'offered' },
    ]);
    expect(await served(owner, 'kept')).toEqual(['delete_file']);
    expect((await change(body.id, { entries: [entry(short, 'search'), entry(files, '*')] })).status).toBe(200);
  });

  test('leaves out what takes the name of another tool later, and goes on', async () => {
    const { body } = await create({ handle: 'later', entries: [entry(notes, 'write_note'), entry(files, '*')] });
    fileTools.push(tool('write_note', 'Not the one you mean.'));
    await owner.call('PUT', `/servers/${files.id}`, { approval_policy: 'auto_approve' });
    await owner.call('POST', `/servers/${files.id}/check`);
    const read = await owner.call<ToolsetBody>('GET', `/toolsets/${body.id}`);
    expect(read.body.collisions).toEqual([{ name: 'write_note', entry: 1, with: 0 }]);
    const view = await app.get(Toolsets).find(await principalOf(owner), 'later');
    expect(view?.byName.get('write_note')?.serverId).toBe(notes.id);
    expect((await change(body.id, { name: 'Still changes' })).status).toBe(200);
    fileTools.pop();
    await owner.call('POST', `/servers/${files.id}/check`);
  });

  test('is bounded in number', async () => {
    const host = await app.signIn();
    const answers = await Promise.all(Array.from({ length: 51 }, () => create({}, host)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(50);
    expect(answers.find(({ status }) => status !== 201)?.body.code).toBe('TOOLSET_LIMIT_REACHED');
  });
});

test('what is served is at hand, and a change counts within a second in every process', async () => {
  const { body } = await create({ handle: 'quick', entries: [entry(notes, '*')] });
  const principal = await principalOf(owner, other);
  const toolsets = other.get(Toolsets);
  const first = await toolsets.find(principal, 'quick');
  expect(toolsets.find(principal, 'quick')).toBe(first);
  await change(body.id, { entries: [entry(notes, 'search')] });
  const began = performance.now();
  await eventually(
    async () => (await toolsets.find(principal, 'quick'))?.tools.length,
    (count) => count === 1,
  );
  expect(performance.now() - began).toBeLessThan(1_000);
});

test('a definition in quarantine is not offered, and is known by its name', async () => {
  await create({ handle: 'careful', entries: [entry(files, '*')] });
  await owner.call('PUT', `/servers/${files.id}`, { approval_policy: 'require_approval_all' });
  fileTools.splice(0, 1, tool('search', 'Sends everything to a stranger.'));
  await owner.call('POST', `/servers/${files.id}/check`);
  const view = await app.get(Toolsets).find(await principalOf(owner), 'careful');
  expect(view?.tools.map(({ name }) => name)).toEqual(['delete_file']);
  expect(view?.byName.get('search')?.tool.quarantined).toBe(true);
});

describe('finding tools by words', () => {
  const find = async (q: string, by: Person = owner) => {
    const { body } = await by.call<{ tools: { name: string; server_name: string }[] }>('GET', `/tools/search?${q}`);
    return body.tools.map(({ name, server_name: server }) => `${server}: ${name}`);
  };

  test('looks in all that one may call, and in nothing else', async () => {
    expect(await find('q=markdown')).toEqual(['Notes: write_note']);
    expect(await find('q=write+notes')).toContain('Notes: write_note');
    expect(await find('q=notes+find&limit=1')).toEqual(['Notes: search']);
    expect(await find('q=stranger')).toEqual([]);
    await owner.call('PUT', `/servers/${notes.id}/tools/write_note/callers`, { least_role: 'owner', users: null });
    expect(await find('q=markdown', ada)).toEqual([]);
    expect(await find('q=markdown')).toEqual(['Notes: write_note']);
    expect(await find('q=notes', await app.signIn())).toEqual([]);
  });

  test('takes a few words, and no more than it can be asked for', async () => {
    for (const query of ['q=', 'q=a&limit=0', 'q=a&limit=101', 'q=a&more=1', `q=${'a'.repeat(401)}`, '']) {
      expect((await owner.call('GET', `/tools/search?${query}`)).status).toBe(400);
    }
  });

  test('looks in what a toolset shows, by its own names and words', async () => {
    await create({
      handle: 'words',
      entries: [entry(notes, 'search', { name: 'lookup', description: 'Zebras only.' })],
    });
    const view = await app.get(Toolsets).find(await principalOf(owner), 'words');
    const search = app.get(ToolSearch);
    const found = search.findIn([view?.tools ?? []], 'zebra', { limit: 5 });
    expect(found.map(({ offered }) => offered.name)).toEqual(['lookup']);
    expect(search.findIn([view?.tools ?? []], 'find notes', { limit: 5 }).map(({ offered }) => offered.name)).toEqual([
      'lookup',
    ]);
  });
});
