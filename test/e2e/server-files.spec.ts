import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { canonicalJson } from '@app/task-graph';
import { Database } from '../../src/platform/database/database.js';
import { type Answer, eventually, type Person, startTestApp, type TestApp } from '../support/app.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/upstreams/scripted-upstream.js';

type Change = { field: string; from: unknown; to: unknown };
interface FileServer extends Record<string, unknown> {
  name: string;
  url: string;
  url_is_whole: boolean;
  request_headers: Record<string, string | null>;
  tools: { name: string; pin: string; approval_policy: string | null; definition: Record<string, unknown> }[];
}
interface File extends Record<string, unknown> {
  public_key: string;
  servers: FileServer[];
  left_out: { name: string; reason: string }[];
  signature: { algorithm: string; key_id: string; value: string };
}
interface Report {
  dry_run: boolean;
  signature: { signer: string };
  summary: Record<string, number>;
  servers: {
    name: string;
    action: string;
    new_name: string | null;
    server_id: string | null;
    changes: Change[];
    kept: Change[];
    needs: string[];
    tools: Record<string, number>;
  }[];
}
type Refused = { code: string; errors: { path: string }[] };

let app: TestApp;
let upstream: ScriptedUpstream;
let owner: Person;
beforeAll(async () => {
  [app, upstream] = await Promise.all([startTestApp(), startScriptedUpstream()]);
});
beforeEach(async () => {
  owner = await app.signIn();
});
afterAll(async () => {
  await app.stop();
  await upstream.close();
});

const exportOf = async ({ token }: Person) => app.api<File>('GET', '/api/export/servers', { token });
const importInto = <Body = Report>({ token }: Person, body: unknown, query = ''): Promise<Answer<Body>> =>
  app.api<Body>('POST', `/api/export/import${query}`, { token, body });
const add = async (person: Person, fields: Record<string, unknown>) => {
  const made = await person.call<{ id: string }>('POST', '/servers', {
    url: 'https://93.184.215.14/mcp',
    auth_method: 'none',
    ...fields,
  });
  expect([made.status, made.text]).toEqual([201, made.text]);
  return made.body;
};
const toolsOf = async ({ call }: Person, id: string) =>
  (
    await call<{ tools: { name: string; state: string; pin: string; approval_policy: string | null }[] }>(
      'GET',
      `/servers/${id}/tools`,
    )
  ).body.tools;
/** As somebody would who has another instance. */
function signedAnew(file: File): File {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const { signature: _signature, ...unsigned } = { ...file, public_key: spki.toString('base64') };
  const canonical = canonicalJson(unsigned);
  if (!canonical.ok) throw new Error('Not canonical.');
  const key_id = createHash('sha256').update(spki).digest('hex').slice(0, 32);
  const value = sign(null, Buffer.from(canonical.json), privateKey).toString('base64');
  return { ...unsigned, signature: { algorithm: 'ed25519', key_id, value } };
}

test('a file comes round equal, with tools that nobody approved', async () => {
  const server = await app.addServer(owner, upstream.url, {
    description: 'With tools',
    approval_policy: 'require_approval_writes',
    request_headers: { 'X-Team': 'blue' },
    timeout: 45,
  });
  const [tool] = await toolsOf(owner, server.id);
  await owner.call('PATCH', `/servers/${server.id}/tools/${tool?.name}`, { approval_policy: 'require_approval_all' });
  await owner.call('POST', `/servers/${server.id}/tools/${tool?.name}/approve`, { pin: tool?.pin });
  await add(owner, { name: 'Another', auth_method: 'api_key', credentials: { api_key: 'the-key-itself' } });
  const file = await exportOf(owner);
  expect((await exportOf(owner)).text).toBe(file.text);
  const other = await app.signIn();
  const report = await importInto(other, file.body, '?allow_loosening=true');
  expect(report.body).toMatchObject({ dry_run: false, signature: { signer: 'own' }, summary: { create: 2 } });
  expect((await exportOf(other)).body.servers).toEqual(file.body.servers);
  const imported = report.body.servers.find(({ name }) => name === server.name);
  const tools = await app
    .get(Database)
    .sql<{ state: string }>('select state from tool_states where server_id = $1', [imported?.server_id]);
  expect(new Set(tools.map(({ state }) => state))).toEqual(new Set(['first_seen']));
  expect(tools).toHaveLength(file.body.servers.find(({ name }) => name === server.name)?.tools.length ?? 0);
});

test('a file is signed by a key that anybody can ask for, over canonical JSON', async () => {
  await add(owner, { name: 'Signed' });
  const { body: file, text } = await exportOf(owner);
  const key = (await app.api<{ public_key: string; key_id: string }>('GET', '/api/export/public-key')).body;
  expect(key).toMatchObject({ public_key: file.public_key, key_id: file.signature.key_id });
  const { signature, ...unsigned } = file;
  const canonical = canonicalJson(unsigned);
  const publicKey = createPublicKey({ key: Buffer.from(key.public_key, 'base64'), format: 'der', type: 'spki' });
  const signed = Buffer.from(canonical.ok ? canonical.json : '');
  expect(verify(null, signed, publicKey, Buffer.from(signature.value, 'base64'))).toBe(true);
  expect(text).toBe(JSON.stringify(JSON.parse(canonicalOf(file))));
});
const canonicalOf = (value: unknown): string => {
  const canonical = canonicalJson(value);
  return canonical.ok ? canonical.json : '';
};

test('no secret is in a file: not a credential, not in an address, not in a header', async () => {
  const secrets = ['canary-credential-1', 'canaryquery2', 'a1B2c3D4e5F6g7H8i9J0k1L2', 'canary-header-3'];
  const [credential, query, path, header] = secrets;
  await add(owner, { name: 'A', auth_method: 'api_key', credentials: { api_key: credential } });
  await add(owner, { name: 'B', url: `https://93.184.215.14/s/${path}/mcp?token=${query}&team=blue` });
  await add(owner, { name: 'C', request_headers: { 'X-Session-Token': header, 'X-Team': 'blue' } });
  const { body, text } = await exportOf(owner);
  for (const secret of [...secrets, owner.email, owner.user.id, owner.user.username])
    expect(text).not.toContain(secret);
  expect(body.servers).toMatchObject([
    { auth_method: 'api_key' },
    { url: 'https://93.184.215.14/s/left-out/mcp?team=blue', url_is_whole: false },
    { request_headers: { 'X-Session-Token': null, 'X-Team': 'blue' } },
  ]);
  const other = await app.signIn();
  const plan = await importInto(other, body, '?dry_run=true');
  expect(plan.body.servers.map(({ needs }) => needs)).toEqual([
    ['credentials'],
    ['url'],
    ['request_headers/X-Session-Token'],
  ]);
  expect((await importInto(owner, body)).body.summary).toMatchObject({ same: 3 });
});

test('a dry run says what each choice would do, and does nothing', async () => {
  const { id } = await add(owner, { name: 'Here', description: 'Before' });
  const { body: file } = await exportOf(owner);
  await owner.call('PUT', `/servers/${id}`, { description: 'After', timeout: 99 });
  const before = (await exportOf(owner)).text;
  const changes = [
    { field: 'description', from: 'After', to: 'Before' },
    { field: 'timeout_seconds', from: 99, to: 30 },
  ];
  for (const [choice, action, new_name] of [
    ['skip', 'skip', null],
    ['update', 'update', null],
    ['rename', 'rename', 'Here (2)'],
  ]) {
    const { body } = await importInto(owner, file, `?dry_run=true&on_conflict=${choice}`);
    expect(body).toMatchObject({ dry_run: true, servers: [{ name: 'Here', action, new_name, changes }] });
  }
  expect((await exportOf(owner)).text).toBe(before);
  expect((await importInto(owner, file)).body.summary).toMatchObject({ skip: 1 });
  expect((await exportOf(owner)).text).toBe(before);
  expect((await importInto(owner, file, '?on_conflict=rename')).body.summary).toMatchObject({ rename: 1 });
  expect((await importInto(owner, file, '?on_conflict=update')).body.summary).toMatchObject({ update: 1 });
  const { servers } = (await exportOf(owner)).body;
  expect(servers).toMatchObject([
    { name: 'Here', description: 'Before', timeout_seconds: 30 },
    { name: 'Here (2)', description: 'Before' },
  ]);
});

test('nothing is loosened unless that is said', async () => {
  const loose = await app.signIn();
  await add(loose, { name: 'One', approval_policy: 'auto_approve', ssl_verify: false });
  const { body: file } = await exportOf(loose);
  const kept = [
    { field: 'approval_policy', from: 'require_approval_all', to: 'auto_approve' },
    { field: 'ssl_verify', from: true, to: false },
  ];
  const made = await importInto(owner, file);
  expect(made.body.servers).toMatchObject([{ action: 'create', kept }]);
  expect((await exportOf(owner)).body.servers).toMatchObject([
    { approval_policy: 'require_approval_all', ssl_verify: true },
  ]);
  expect((await importInto(owner, file, '?on_conflict=update')).body.servers[0]?.action).toBe('same');
  const loosened = await importInto(owner, file, '?on_conflict=update&allow_loosening=true');
  expect(loosened.body.servers).toMatchObject([{ action: 'update', kept: [] }]);
  expect((await exportOf(owner)).body.servers).toMatchObject([{ approval_policy: 'auto_approve', ssl_verify: false }]);
});

test('credentials stay at the origin that they were entered for', async () => {
  const fields = { name: 'One', auth_method: 'api_key', credentials: { api_key: 'the-key-itself' } };
  const { id } = await add(owner, fields);
  const elsewhere = await app.signIn();
  await add(elsewhere, { ...fields, url: 'https://93.184.215.15/mcp' });
  const { body } = await importInto(owner, (await exportOf(elsewhere)).body, '?on_conflict=update');
  expect(body.servers).toMatchObject([{ action: 'update', needs: ['credentials'] }]);
  const after = await owner.call<{ credentials_set: boolean; url: string }>('GET', `/servers/${id}`);
  expect(after.body).toMatchObject({ credentials_set: false, url: 'https://93.184.215.15/mcp' });
});

test('files of other instances are taken, and said to be of strangers until they were taken once', async () => {
  await add(owner, { name: 'Theirs' });
  const file = signedAnew((await exportOf(owner)).body);
  const other = await app.signIn();
  const signer = async (query = '') => (await importInto(other, file, query)).body.signature.signer;
  expect(await signer('?dry_run=true')).toBe('unknown');
  expect(await signer()).toBe('unknown');
  expect(await signer()).toBe('known');
  const third = await app.signIn();
  expect((await importInto(third, file, '?dry_run=true')).body.signature.signer).toBe('unknown');
});

test('all of a file is imported, or nothing', async () => {
  await add(owner, { name: 'A' });
  const { body: file } = await exportOf(owner);
  const [server] = file.servers as [FileServer];
  const bad = signedAnew({ ...file, servers: [server, { ...server, name: 'B', url: 'https://169.254.169.254/mcp' }] });
  const other = await app.signIn();
  expect((await importInto<Refused>(other, bad)).body.code).toBe('EGRESS_REFUSED');
  expect((await exportOf(other)).body.servers).toEqual([]);
});

test('each hostile file is a 400 that says why', async () => {
  const server = await app.addServer(owner, upstream.url);
  await eventually(
    () => toolsOf(owner, server.id),
    (tools) => tools.length > 0,
  );
  const { body: file, text } = await exportOf(owner);
  const [one] = file.servers as [FileServer];
  const [tool] = one.tools as [FileServer['tools'][number]];
  const withServer = (change: object) => signedAnew({ ...file, servers: [{ ...one, ...change }] });
  let deep: unknown = {};
  for (let depth = 0; depth < 200; depth += 1) deep = { deep };
  const files: [string, unknown][] = [
    ['EXPORT_SIGNATURE_BROKEN', { ...file, servers: [] }],
    ['EXPORT_SIGNATURE_BROKEN', { ...file, public_key: signedAnew(file).public_key }],
    ['EXPORT_SIGNATURE_BROKEN', { ...file, signature: { ...file.signature, value: 'AAAA' } }],
    ['VALIDATION_ERROR', { ...file, signature: undefined }],
    ['VALIDATION_ERROR', { ...file, version: 2 }],
    ['VALIDATION_ERROR', withServer({ transport: 'stdio' })],
    ['VALIDATION_ERROR', withServer({ url: 'npm:some-package@1.0.0' })],
    ['VALIDATION_ERROR', withServer({ credentials: { api_key: 'x' } })],
    ['VALIDATION_ERROR', withServer({ request_headers: { Authorization: 'Bearer x' } })],
    ['VALIDATION_ERROR', withServer({ tools: [tool, tool] })],
    ['VALIDATION_ERROR', signedAnew({ ...file, servers: [one, { ...one, name: one.name.toUpperCase() }] })],
    ['EXPORT_TOOL_INVALID', withServer({ tools: [{ ...tool, pin: 'a'.repeat(64) }] })],
    [
      'EXPORT_TOOL_INVALID',
      withServer({ tools: [{ ...tool, definition: { ...tool.definition, description: 'Other' } }] }),
    ],
    [
      'EXPORT_NOT_CANONICAL',
      { ...file, servers: [{ ...one, tools: [{ ...tool, definition: { name: tool.name, deep } }] }] },
    ],
    ['BODY_NOT_JSON', text.replace('"servers"', '"__proto__":{},"servers"')],
    ['BODY_NOT_JSON', `${text}]`],
  ];
  for (const [code, hostile] of files) {
    const refused = await importInto<Refused>(owner, hostile);
    expect([refused.status, refused.body.code]).toEqual([400, code]);
  }
  const large = await importInto<Refused>(owner, { ...file, padding: 'x'.repeat(5 * 1_048_576) });
  expect([large.status, large.body.code]).toEqual([413, 'BODY_TOO_LARGE']);
  const beyondOthers = await importInto<Refused>(owner, { ...file, padding: 'x'.repeat(2 * 1_048_576) });
  expect(beyondOthers.body.code).toBe('VALIDATION_ERROR');
});

test('the Registration API tells which definitions are approved, and who relies on a server', async () => {
  const server = await app.addServer(owner, upstream.url);
  const [tool] = await toolsOf(owner, server.id);
  await owner.call('POST', `/servers/${server.id}/tools/${tool?.name}/approve`, { pin: tool?.pin });
  const session = await owner.call<{ id: string }>('POST', '/sessions', { server_id: server.id });
  const body = { name: 'Reader', scopes: ['mcp:read'] };
  const made = await owner.call<{ api_key: { id: string; key: string } }>('POST', '/user/api-keys', body);
  const { id, key } = made.body.api_key;
  const headers = { 'X-API-KEY': id, 'X-API-SECRET': key };
  const told = await app.api<{ data: Record<string, unknown> }>('GET', `/api/mcp-servers/${server.id}`, { headers });
  expect(told.body.data).toMatchObject({
    tool_approval_hashes: [tool?.pin],
    dependent_agents: [{ id: session.body.id, kind: 'session' }],
  });
});
