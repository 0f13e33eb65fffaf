import fc from 'fast-check';
import { applyConfig, checkConfig } from './apply-config.js';
import curated from './curated-services.json' with { type: 'json' };
import { documentsIn } from './documents.js';
import { readServerJson } from './server-json.js';
import { configSchemaOf } from './service-fields.js';
import { wayOf } from './service-way.js';

const read = (document: unknown) => {
  const found = readServerJson(document);
  if (!found.ok) throw new Error(JSON.stringify(found.problems));
  return found.server;
};
const wayIn = (document: unknown) => {
  const found = wayOf(read(document));
  if (!found.ok) throw new Error(found.reason);
  return found.way;
};
const base = { name: 'com.example/it', description: '', version: '1.0.0' };
const remote = (url: string, more: object = {}) => ({ ...base, remotes: [{ type: 'streamable-http', url, ...more }] });

test('every entry that ships with the product is one, and has a name of its own', () => {
  expect(curated.map((entry) => readServerJson(entry)).filter(({ ok }) => !ok)).toEqual([]);
  expect(new Set(curated.map(({ name }) => name)).size).toBe(curated.length);
  expect(curated.map((entry) => wayOf(read(entry))).filter(({ ok }) => !ok)).toEqual([]);
});

test('nothing that is read throws, whatever it is', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (remotes, packages) => {
      for (const document of [
        remotes,
        { ...base, remotes, packages },
        { ...base, remotes: [remotes], packages: [packages] },
      ]) {
        documentsIn(document);
        const found = readServerJson(document);
        if (found.ok) wayOf(found.server);
      }
    }),
  );
});

test('the words of before 2025-09-16 are read as those of today', () => {
  const way = wayIn({
    name: 'com.example/old',
    description: '',
    version_detail: { version: '0.9.0' },
    packages: [
      {
        registry_name: 'npm',
        name: 'old',
        version: '0.9.0',
        package_arguments: [{ type: 'positional', value_hint: 'file_path', is_required: true }],
        environment_variables: [{ name: 'API_KEY', is_secret: true, is_required: true }],
      },
    ],
  });
  expect(way).toMatchObject({ runs: 'package', version: { name: 'old', version: '0.9.0' } });
  expect(configSchemaOf(way.fields)).toMatchObject({
    properties: { filePath: { type: 'string' }, apiKey: { format: 'password', writeOnly: true } },
    required: ['filePath', 'apiKey'],
  });
});

test('names become fields as people write them, and never two the same', () => {
  const headers = ['X-Api-Key', 'X_API_KEY', 'githubToken', '---', 'x'].map((name) => ({ name }));
  const document = remote('https://example.com', { headers: headers.filter(({ name }) => name !== '---') });
  expect(wayIn(document).fields.map(({ key }) => key)).toEqual(['xApiKey', 'xApiKey2', 'githubToken', 'x']);
});

test('types, choices and defaults are those of the entry', () => {
  const variables = {
    region: { choices: ['eu', 'us'], default: 'eu' },
    port: { format: 'number', default: '443' },
    fast: { format: 'boolean' },
  };
  const way = wayIn(remote('https://example.com/{region}/{port}/{fast}', { variables }));
  expect(configSchemaOf(way.fields)).toEqual({
    type: 'object',
    properties: {
      region: { type: 'string', enum: ['eu', 'us'], default: 'eu' },
      port: { type: 'number', default: 443 },
      fast: { type: 'boolean' },
    },
    required: [],
    additionalProperties: false,
  });
  expect(checkConfig(way.fields, { region: 'asia', port: '1', fast: 1 }).problems.map(({ key }) => key)).toEqual([
    'region',
    'port',
    'fast',
  ]);
  expect(checkConfig(way.fields, {}).config).toEqual({ region: 'eu', port: 443 });
});

test('a header whose parts are not all there is not sent; a list is joined', () => {
  const headers = [
    { name: 'Authorization', value: 'Bearer {token}', variables: { token: { isSecret: true } } },
    { name: 'X-Teams', value: '{teams}', isRepeated: true },
    { name: 'X-Fixed', value: 'always' },
  ];
  const way = wayIn(remote('https://example.com/mcp', { headers }));
  const headersOf = (config: Record<string, string | string[]>) =>
    applyConfig(way, config).applied.configuration.headers;
  expect(headersOf({})).toEqual({ 'X-Fixed': 'always' });
  expect(headersOf({ token: 't', teams: ['a', 'b'] })).toEqual({
    Authorization: 'Bearer t',
    'X-Teams': 'a, b',
    'X-Fixed': 'always',
  });
  expect(applyConfig(way, { token: 'a\r\nX-Other: b' }).problems.map(({ key }) => key)).toEqual(['token']);
});

test('whatever is entered for a part of a URL behind the host stays behind it', () => {
  const way = wayIn(remote('https://example.com/{tenant}/mcp', { variables: { tenant: { isRequired: true } } }));
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (tenant) => {
      const { applied, problems } = applyConfig(way, { tenant });
      const url = URL.parse(applied.url);
      expect(problems.length > 0 || (url?.host === 'example.com' && url.search === '' && url.hash === '')).toBe(true);
    }),
  );
});

test('whatever is entered for a host is a host, or refused', () => {
  const way = wayIn(remote('https://{host}.example.com/mcp', { variables: { host: { isRequired: true } } }));
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (host) => {
      const { applied, problems } = applyConfig(way, { host });
      expect(problems.length > 0 || URL.parse(applied.url)?.host.endsWith('.example.com')).toBe(true);
    }),
  );
});

test.each([
  ['a secret in its URL', remote('https://example.com/?key={key}', { variables: { key: { isSecret: true } } })],
  ['a header of the connection', remote('https://example.com', { headers: [{ name: 'Host', value: 'other' }] })],
  ['another scheme', remote('file:///etc/passwd')],
  [
    'a package of another registry',
    { ...base, packages: [{ registryType: 'pypi', identifier: 'x', version: '1.0.0' }] },
  ],
  ['a range of versions', { ...base, packages: [{ registryType: 'npm', identifier: 'x', version: '^1.0.0' }] }],
  [
    'a variable that runs code',
    {
      ...base,
      packages: [
        { registryType: 'npm', identifier: 'x', version: '1.0.0', environmentVariables: [{ name: 'NODE_OPTIONS' }] },
      ],
    },
  ],
])('an entry with %s is not available', (_what, document) => {
  expect(wayOf(read(document)).ok).toBe(false);
});
