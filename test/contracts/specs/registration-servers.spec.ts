import { z } from 'zod';
import { eventually, startTestApp, type TestApp } from '../../support/app.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../../support/upstreams/scripted-upstream.js';
import { Client } from '../support/client.js';
import { chapter } from '../support/compatibility.js';

/** The shape that the document prints. */
const described = {
  url: z.string(),
  name: z.string(),
  approval_policy: z.string(),
  transport: z.enum(['SSE', 'STREAMABLE_HTTP']),
  description: z.string().nullable(),
  request_headers: z.record(z.string(), z.string()),
  tool_approval_hashes: z.array(z.string()),
};
const Server = z.looseObject({
  id: z.string().startsWith('mcp_'),
  organization_id: z.string().startsWith('org_'),
  ...described,
  is_creator: z.boolean(),
  role: z.string(),
  created_at: z.int().min(1.6e12),
  updated_at: z.int().min(1.6e12),
  dependent_agents: z.array(z.unknown()),
  config: z.looseObject(described),
  access_info: z.looseObject({
    role: z.string(),
    creator_email: z.string().nullable(),
    creator_name: z.string().nullable(),
    is_creator: z.boolean(),
  }),
  metadata: z.looseObject({ owner_user_id: z.string().nullable(), created_at: z.int() }),
});
const answerOf = <Data extends z.ZodType>(data: Data) =>
  z.strictObject({ message: z.string(), status: z.literal('success'), error: z.null(), data });
const Refusal = z.strictObject({
  message: z.string(),
  status: z.literal('error'),
  error: z.looseObject({ code: z.string(), details: z.looseObject({}) }),
  data: z.null(),
});

/** As the document prints it. */
const PRINTED = {
  name: 'Everything MCP Server',
  url: 'https://raw.githubusercontent.com/modelcontextprotocol/server-everything/main/package.json',
  description: 'Reference implementation MCP server with all features',
  approval_policy: 'require_approval_all',
  transport: 'SSE',
  request_headers: { 'User-Agent': 'MCP-Client/1.0', Accept: 'application/json' },
  secret_token: { secret_id: 'secret_token_123' },
};

const PATH = '/api/mcp-servers';

chapter('registration-servers', 'MCP servers', (holds) => {
  let app: TestApp;
  let upstream: ScriptedUpstream;
  let client: Client;
  let pair: Record<string, string>;
  let reader: Record<string, string>;

  const pairFor = async (token: string, scopes: string[]) => {
    const body = { name: 'Registration', scopes };
    const made = await client.call('POST', '/user/api-keys', { token, body });
    const { api_key: key } = z.object({ api_key: z.object({ id: z.string(), key: z.string() }) }).parse(made.body);
    return { 'X-API-KEY': key.id, 'X-API-SECRET': key.key };
  };

  beforeAll(async () => {
    [app, upstream] = await Promise.all([startTestApp(), startScriptedUpstream()]);
    client = new Client(app.url);
    const { access_token: token } = await client.signIn();
    pair = await pairFor(token, ['mcp:read', 'mcp:write']);
    reader = await pairFor(token, ['mcp:read']);
  });
  afterAll(async () => {
    await app.stop();
    await upstream.close();
  });

  const post = (config: object, headers = pair) => client.callAt('POST', PATH, { body: { config }, headers });
  const get = (path: string, headers = pair) => client.callAt('GET', `${PATH}${path}`, { headers });
  const refused = async (status: number, answer: ReturnType<typeof get>) =>
    (await client.expect(status, Refusal, answer)).error.code;
  const list = async (headers = pair, query = '') => {
    const page = z.object({ mcp_servers: z.array(Server), page: z.int(), limit: z.int(), next: z.int().nullable() });
    return (await client.expect(200, answerOf(page), get(query, headers))).data;
  };

  const CREATE = 'Creates an MCP server';
  holds(CREATE, 'POST /api/mcp-servers as printed answers the server, which need not exist', async () => {
    const { message, data } = await client.expect(201, answerOf(Server), post(PRINTED));
    expect(message).toBe('MCP server created successfully');
    const { secret_token: _secret, ...told } = PRINTED;
    expect(data).toMatchObject({ ...told, is_creator: true, role: 'admin', status: 'offline' });
    expect(data.config).toMatchObject(told);
    expect(data.access_info).toMatchObject({ role: 'admin', is_creator: true });
    expect(data.tool_approval_hashes).toEqual([]);
    expect(data.dependent_agents).toEqual([]);
    expect(data.metadata.created_at).toBe(data.created_at);
  });
  holds(CREATE, 'request_headers go with every request to the server', async () => {
    const config = { name: 'Here', url: upstream.url, transport: 'STREAMABLE_HTTP' };
    const request_headers = { 'User-Agent': 'MCP-Client/1.0', 'X-Team': 'blue', Accept: 'application/json' };
    const { data } = await client.expect(201, answerOf(Server), post({ ...config, request_headers }));
    await eventually(
      async () => (await client.expect(200, answerOf(Server), get(`/${data.id}`))).data,
      ({ status }) => status === 'online',
    );
    expect(upstream.lastHeaders()).toMatchObject({ 'user-agent': 'MCP-Client/1.0', 'x-team': 'blue' });
    expect(upstream.lastHeaders().accept).toContain('text/event-stream');
  });
  holds(CREATE, 'POST /api/mcp-servers with a wrong field is 400', async () => {
    const wrong = [
      { name: '' },
      { url: 'ftp://example.com' },
      { transport: 'STDIO' },
      { approval_policy: 'none' },
      { request_headers: { Authorization: 'Bearer abc' } },
      { request_headers: { Host: 'example.com' } },
      { request_headers: { 'X-A': '1', 'x-a': '2' } },
      { more: 1 },
    ];
    for (const change of wrong) {
      expect([change, await refused(400, post({ ...PRINTED, ...change }))]).toEqual([change, 'VALIDATION_ERROR']);
    }
  });

  const KEYS = 'X-API-KEY and X-API-SECRET';
  holds(KEYS, 'without them, with one of them, or with those of two keys, it is 401', async () => {
    const { 'X-API-KEY': id = '', 'X-API-SECRET': secret = '' } = pair;
    const other = { 'X-API-KEY': reader['X-API-KEY'] ?? '', 'X-API-SECRET': secret };
    const incomplete: Record<string, string>[] = [{}, { 'X-API-KEY': id }, { 'X-API-SECRET': secret }, other];
    for (const headers of incomplete) {
      await refused(401, post(PRINTED, headers));
      await refused(401, get('', headers));
    }
  });
  holds(KEYS, 'a key without the scope mcp:write reads, and creates nothing', async () => {
    expect((await list(reader)).mcp_servers.length).toBeGreaterThan(0);
    expect(await refused(403, post({ ...PRINTED, name: 'Another' }, reader))).toBe('SCOPE_MISSING');
  });

  const BESIDE = 'beside the document';
  holds(BESIDE, 'GET /api/mcp-servers answers the servers of the organization, and one of them by its id', async () => {
    const { mcp_servers, next } = await list();
    expect(next).toBeNull();
    const [first] = mcp_servers;
    const one = await client.expect(200, answerOf(Server), get(`/${first?.id}`));
    expect(one.data).toEqual(first);
  });
  holds(BESIDE, 'an unknown server, and one of others, is the same 404', async () => {
    const stranger = await pairFor((await client.signIn()).access_token, ['mcp:read']);
    const [first] = (await list()).mcp_servers;
    for (const id of [first?.id ?? '', `mcp_${'0'.repeat(32)}`, 'mcp_8c180796-e6d7-4343-88b5-5df0846fef69']) {
      expect(await refused(404, get(`/${id}`, stranger))).toBe('SERVER_NOT_FOUND');
    }
    expect((await list(stranger)).mcp_servers).toEqual([]);
  });

  const change = (id: string, config: object, headers: Record<string, string> = pair) =>
    client.callAt('PATCH', `${PATH}/${id}`, { body: { config }, headers });
  const makeOne = async (name: string) => (await client.expect(201, answerOf(Server), post({ ...PRINTED, name }))).data;

  holds(BESIDE, 'GET /api/mcp-servers?page&limit goes through all of them', async () => {
    await makeOne('For pages');
    const first = await list(pair, '?limit=1');
    expect([first.mcp_servers.length, first.page, first.limit, first.next]).toEqual([1, 1, 1, 2]);
    const second = await list(pair, `?limit=1&page=${first.next}`);
    expect(second.mcp_servers[0]?.id).not.toBe(first.mcp_servers[0]?.id);
    expect(await refused(400, get('?limit=0'))).toBe('VALIDATION_ERROR');
    expect(await refused(400, get('?size=1'))).toBe('VALIDATION_ERROR');
  });
  holds(BESIDE, 'PATCH /api/mcp-servers/{id} changes what is named, and null takes a description away', async () => {
    const { id } = await makeOne('To change');
    const config = {
      approval_policy: 'require_approval_writes',
      request_headers: { 'X-Team': 'red' },
      transport: 'STREAMABLE_HTTP',
    };
    const { message, data } = await client.expect(200, answerOf(Server), change(id, config));
    expect(message).toBe('MCP server updated successfully');
    expect(data).toMatchObject({ ...config, name: 'To change', description: PRINTED.description });
    expect(data.config).toMatchObject({ secret_token: PRINTED.secret_token });
    const without = { description: null, secret_token: null };
    const after = (await client.expect(200, answerOf(Server), change(id, without))).data;
    expect(after.description).toBeNull();
    expect(after.config).not.toHaveProperty('secret_token');
    expect(await refused(400, change(id, { name: '' }))).toBe('VALIDATION_ERROR');
    expect(await refused(409, change(id, { name: 'For pages' }))).toBe('SERVER_NAME_TAKEN');
    expect(await refused(403, change(id, config, reader))).toBe('SCOPE_MISSING');
  });
  holds(BESIDE, 'PATCH and DELETE with If-Match are 412 once the server was changed', async () => {
    const { id } = await makeOne('To race');
    const etag = (await fetch(`${app.url}${PATH}/${id}`, { headers: pair })).headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[0-9a-z]+"$/);
    const seen = { ...pair, 'If-Match': etag };
    await client.expect(200, answerOf(Server), change(id, { description: 'First' }, seen));
    expect(await refused(412, change(id, { description: 'Second' }, seen))).toBe('SERVER_CHANGED');
    expect(await refused(412, client.callAt('DELETE', `${PATH}/${id}`, { headers: seen }))).toBe('SERVER_CHANGED');
    expect((await client.expect(200, answerOf(Server), get(`/${id}`))).data.description).toBe('First');
  });
  holds(BESIDE, 'DELETE /api/mcp-servers/{id} removes it', async () => {
    const { id } = await makeOne('To delete');
    expect(await refused(403, client.callAt('DELETE', `${PATH}/${id}`, { headers: reader }))).toBe('SCOPE_MISSING');
    const gone = client.callAt('DELETE', `${PATH}/${id}`, { headers: pair });
    expect((await client.expect(200, answerOf(z.object({ id: z.string() })), gone)).data).toEqual({ id });
    expect(await refused(404, get(`/${id}`))).toBe('SERVER_NOT_FOUND');
  });
});
