import { parsePaste } from '../../../web/src/servers/parse-paste.js';
import {
  draftOf,
  EMPTY_DRAFT,
  leadsElsewhere,
  toChange,
  toForm,
  withPasted,
} from '../../../web/src/servers/server-form.js';
import type { McpServer } from '../../../web/src/api/types.js';
import { fieldsOf, readForm } from '../../../web/src/console/schema-form.js';

const SAVED: McpServer = {
  id: 'mcp_1',
  name: 'Reports',
  url: 'https://mcp.example.com/mcp',
  auth_method: 'none',
  status: 'online',
  timeout: 30,
  ssl_verify: true,
  created_at: '2025-11-21T04:55:00.000Z',
  updated_at: '2025-11-21T04:55:00.000Z',
};

describe('pasting a server', () => {
  test('a URL gives its address and a name', () => {
    expect(parsePaste(' https://mcp.example.com/mcp ')).toEqual({
      ok: true,
      pasted: { name: 'example.com', url: 'https://mcp.example.com/mcp' },
    });
  });

  test('the first server of an mcp.json is read, in each of the known shapes', () => {
    const entry = { url: 'https://a.example/mcp', type: 'sse', headers: { 'X-Key': 'k' } };
    const wanted = {
      ok: true,
      pasted: { name: 'notes', url: 'https://a.example/mcp', transport: 'sse', header: { name: 'X-Key', value: 'k' } },
    };
    expect(parsePaste(JSON.stringify({ mcpServers: { notes: entry } }))).toEqual(wanted);
    expect(parsePaste(JSON.stringify({ servers: { notes: entry } }))).toEqual(wanted);
    expect(parsePaste(`"notes": ${JSON.stringify(entry)},`)).toEqual(wanted);
  });

  test('a claude mcp add line is read with its transport and header', () => {
    const line =
      'claude mcp add --transport http notes https://a.example/mcp \\\n  --header "Authorization: Bearer abc"';
    expect(parsePaste(line)).toEqual({
      ok: true,
      pasted: {
        name: 'notes',
        url: 'https://a.example/mcp',
        transport: 'streamable_http',
        header: { name: 'Authorization', value: 'Bearer abc' },
      },
    });
    expect(parsePaste(`claude mcp add-json notes '{"type":"http","url":"https://a.example/mcp"}'`)).toMatchObject({
      ok: true,
      pasted: { name: 'notes' },
    });
  });

  test('what cannot be added is refused with the reason', () => {
    expect(parsePaste('claude mcp add local -- npx -y some-server')).toMatchObject({ ok: false });
    expect(parsePaste('{"mcpServers":{"x":{"command":"npx"}}}')).toMatchObject({ ok: false });
    expect(parsePaste('{"mcpServers":')).toMatchObject({ ok: false });
    expect(parsePaste('hello there')).toMatchObject({ ok: false });
    expect(parsePaste('')).toMatchObject({ ok: false });
  });

  test('a bearer header becomes an access token, another header an API key', () => {
    const bearer = withPasted(EMPTY_DRAFT, {
      name: 'a',
      url: 'https://a',
      header: { name: 'Authorization', value: 'Bearer abc' },
    });
    expect(toForm(bearer)).toMatchObject({ auth_method: 'oauth', credentials: { access_token: 'abc' } });
    const key = withPasted(EMPTY_DRAFT, { header: { name: 'X-Key', value: 'k' } });
    expect(toForm(key)).toMatchObject({ auth_method: 'api_key', credentials: { api_key: 'k', header: 'X-Key' } });
  });

  test('a sign-in is sent as it is set, with a key told from a secret', () => {
    const draft = { ...EMPTY_DRAFT, auth_method: 'oauth' as const };
    const plain = { account: 'shared', grant: 'authorization_code', client_id: null, scopes: null };
    expect(toForm(draft)).toMatchObject({ auth_method: 'oauth', oauth: plain });
    const machine = { ...draft, account: 'machine' as const, client_id: ' c ', scopes: 'a  b', secret: 's' };
    expect(toForm(machine).oauth).toEqual({
      account: 'shared',
      grant: 'client_credentials',
      client_id: 'c',
      scopes: ['a', 'b'],
      client_secret: 's',
    });
    for (const key of ['-----BEGIN PRIVATE KEY-----', '\n{"kty":"EC"}']) {
      expect(toForm({ ...machine, secret: key }).oauth).toMatchObject({ private_key: key });
    }
  });

  test('another origin is told from another path of the same', () => {
    const saved = 'https://mcp.example.com/mcp';
    expect(leadsElsewhere(saved, 'https://mcp.example.com:443/v2')).toBe(false);
    expect(leadsElsewhere(saved, 'http://mcp.example.com/mcp')).toBe(true);
    expect(leadsElsewhere(saved, 'https://evil.example/mcp')).toBe(true);
    expect(leadsElsewhere(saved, 'https:')).toBe(false);
  });

  test('an empty secret is left out, so that the stored one stays', () => {
    expect(toForm({ ...EMPTY_DRAFT, auth_method: 'api_key' })).not.toHaveProperty('credentials');
    expect(toForm(EMPTY_DRAFT)).not.toHaveProperty('description');
    const headers = { 'X-Team': 'a: b', 'X-Bare': '' };
    expect(toForm({ ...EMPTY_DRAFT, headers: 'X-Team: a: b\n\nX-Bare' })).toMatchObject({ request_headers: headers });
    expect(toChange(EMPTY_DRAFT)).toMatchObject({ description: null, request_headers: {} });
  });

  test('what a server may ask of clients is nothing unless chosen, and can be taken back', () => {
    expect(toForm(EMPTY_DRAFT)).not.toHaveProperty('client_features');
    expect(toForm({ ...EMPTY_DRAFT, client_features: ['roots'] })).toMatchObject({ client_features: ['roots'] });
    const saved = draftOf({ ...SAVED, client_features: ['sampling'] });
    expect(toChange(saved)).toMatchObject({ client_features: ['sampling'] });
    expect(toChange({ ...saved, client_features: [] })).toMatchObject({ client_features: [] });
  });
});

describe('a form made from a JSON Schema', () => {
  const schema = {
    type: 'object',
    required: ['email', 'copies'],
    properties: {
      email: { type: 'string', format: 'email', title: 'Email' },
      copies: { type: 'integer', minimum: 1, maximum: 9 },
      kind: { type: 'string', enum: ['pdf', 'csv'] },
      level: {
        oneOf: [
          { const: 1, title: 'low' },
          { const: 2, title: 'high' },
        ],
      },
      urgent: { type: 'boolean' },
      since: { type: 'string', format: 'date' },
      rows: { type: 'array' },
    },
  };

  test('each simple type has its field, anything else is JSON', () => {
    const kinds = Object.fromEntries(fieldsOf(schema).map(({ name, kind }) => [name, kind]));
    expect(kinds).toEqual({
      email: 'text',
      copies: 'integer',
      kind: 'choice',
      level: 'choice',
      urgent: 'boolean',
      since: 'text',
      rows: 'json',
    });
    expect(fieldsOf(schema).find(({ name }) => name === 'since')?.input).toBe('date');
  });

  test('what was typed becomes typed values, and empty optional fields are left out', () => {
    const read = readForm(fieldsOf(schema), { email: 'a@b.c', copies: '2', level: '2', urgent: 'true', rows: '[1]' });
    expect(read).toEqual({ ok: true, values: { email: 'a@b.c', copies: 2, level: 2, urgent: true, rows: [1] } });
  });

  test('each wrong field says what is wrong', () => {
    const read = readForm(fieldsOf(schema), { email: 'nope', copies: '1.5', rows: '[' });
    expect(read).toMatchObject({
      ok: false,
      errors: { email: 'Email is not an email address.', copies: 'copies is not a whole number.' },
    });
    expect(readForm(fieldsOf(schema), { email: '', copies: '' })).toMatchObject({
      ok: false,
      errors: { email: 'Email is required.' },
    });
  });

  test('a reference to an earlier result is kept as it is, and so are values without a field', () => {
    const values = { email: { $ref: 'node1#/email' }, extra: 1, copies: 3 };
    const fields = fieldsOf(schema, values);
    expect(fields.find(({ name }) => name === 'email')?.kind).toBe('json');
    expect(readForm(fields, {}, values)).toEqual({
      ok: true,
      values: { extra: 1, email: { $ref: 'node1#/email' }, copies: 3, urgent: false },
    });
  });

  test('what is optional by being nothing else, or is defined elsewhere, has the field of what it is', () => {
    const fields = fieldsOf({
      $defs: { Name: { type: 'string', maxLength: 5 }, Node: { $ref: '#/$defs/Node' } },
      required: ['name'],
      properties: {
        limit: { anyOf: [{ type: 'integer', minimum: 1 }, { type: 'null' }], default: null, title: 'Limit' },
        name: { allOf: [{ $ref: '#/$defs/Name' }], description: 'Whose.' },
        either: { anyOf: [{ type: 'string' }, { type: 'integer' }] },
        endless: { $ref: '#/$defs/Node' },
        nowhere: { $ref: '#/$defs/toString' },
      },
    });
    expect(fields.map(({ name, kind, initial }) => [name, kind, initial])).toEqual([
      ['limit', 'integer', ''],
      ['name', 'text', ''],
      ['either', 'json', ''],
      ['endless', 'json', ''],
      ['nowhere', 'json', ''],
    ]);
    expect(readForm(fields, { name: 'too long', limit: '0' })).toMatchObject({
      ok: false,
      errors: { name: 'name takes 5 characters.', limit: 'Limit is at least 1.' },
    });
    expect(readForm(fields, { name: 'ana' })).toEqual({ ok: true, values: { name: 'ana' } });
  });

  test('what has no simple field can begin with its form, however deep the schema goes', () => {
    const inner = { $ref: '#/$defs/Tree' };
    const item = { properties: { sku: { enum: ['a', 'b'] }, count: { type: 'integer', minimum: 1 }, note: {} } };
    const [lines, tree] = fieldsOf({
      $defs: { Tree: { type: 'object', required: ['name', 'inner'], properties: { name: { type: 'string' }, inner } } },
      properties: { lines: { type: 'array', items: { ...item, required: ['sku', 'count'] } }, tree: inner },
    });
    expect(JSON.parse(lines?.draft ?? '')).toEqual([{ sku: 'a', count: 1 }]);
    expect(JSON.parse(tree?.draft ?? '')).toMatchObject({ name: '', inner: { name: '', inner: { name: '' } } });
    const wide = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`p${at}`, { $ref: '#' }]));
    const [whole] = fieldsOf({ type: 'object', properties: { whole: { type: 'object', properties: wide } } });
    expect(whole?.draft.length).toBeLessThan(20_000);
  });

  test('a field may be called what every object has', () => {
    const names = ['constructor', 'toString', '__proto__'];
    const properties = Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
    const fields = fieldsOf({ required: names, properties });
    const read = readForm(fields, {});
    expect(read.ok ? [] : Object.keys(read.errors)).toEqual(names);
    const given = Object.fromEntries(names.map((name) => [name, 'x']));
    expect(readForm(fields, given)).toEqual({ ok: true, values: given });
  });

  test('a schema that is none gives no fields', () => {
    expect(fieldsOf(undefined)).toEqual([]);
    expect(fieldsOf({ properties: { x: null } })).toMatchObject([{ name: 'x', kind: 'json' }]);
  });
});
