import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { type Client, setupsFor, type Setup } from '../src/index.js';

const KEY = 'SWITCHYARD_API_KEY';
const URL_ = 'https://gate.example.com/mcp';
const NASTY = [
  `'; touch /tmp/pwned; '`,
  '$(reboot)',
  '`id`',
  '"]\n[mcp_servers.other]\ncommand = "sh"',
  '"}}, "x": {"command": "sh',
  '--transport',
  '-rf',
  '</script><script>alert(1)</script>',
  '\u0000\u007f\u202e',
  '../../etc',
  '天気',
  '',
];

/** What a shell would run: the words of each line, with the key put in. */
function wordsOf(command: string): string[][] {
  const programs = ['claude', 'codex', 'gemini', 'npx', 'code', 'curl'];
  const stubs = programs.map((program) => `${program}() { printf '%s\\0' ${program} "$@"; printf '\\1'; }`);
  const { stdout, stderr, status } = spawnSync('/bin/sh', ['-c', `${stubs.join('\n')}\n${command}`], {
    env: { [KEY]: 'the key', PATH: '/nowhere' },
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  return stdout
    .split('\u0001')
    .slice(0, -1)
    .map((line) => line.split('\0').slice(0, -1));
}

const setupsOf = (wanted: { label: string; url: string }, kind: Setup['kind']) =>
  setupsFor(wanted).setups.filter((setup) => setup.kind === kind);
const one = (
  client: Client,
  kind: Setup['kind'],
  auth: Setup['auth'] = 'oauth',
  wanted = { label: 'Support', url: URL_ },
) => setupsFor(wanted).setups.find((setup) => setup.client === client && setup.kind === kind && setup.auth === auth);

describe('each client is told in its own words', () => {
  test('Claude Code', () => {
    expect(one('claude-code', 'command')?.text).toBe(`claude mcp add --transport http switchyard-support ${URL_}`);
    expect(wordsOf(one('claude-code', 'command', 'api_key')?.text ?? '')).toEqual([
      [
        'claude',
        'mcp',
        'add',
        '--transport',
        'http',
        'switchyard-support',
        URL_,
        '--header',
        'Authorization: Bearer the key',
      ],
    ]);
    expect(JSON.parse(one('claude-code', 'json', 'api_key')?.text ?? '')).toEqual({
      mcpServers: {
        'switchyard-support': { type: 'http', url: URL_, headers: { Authorization: `Bearer \${${KEY}}` } },
      },
    });
  });

  test('Claude Desktop: a connector only where the cloud reaches it, else a bridge', () => {
    expect(one('claude-desktop', 'text')?.text).toBe(URL_);
    const local = { label: 'x', url: 'http://localhost:8080/mcp' };
    expect(one('claude-desktop', 'text', 'oauth', local)).toBeUndefined();
    expect(JSON.parse(one('claude-desktop', 'json', 'api_key', local)?.text ?? '')).toEqual({
      mcpServers: {
        'switchyard-x': {
          command: 'npx',
          args: ['-y', 'mcp-remote', local.url, '--header', 'Authorization:${AUTH_HEADER}'],
          env: { AUTH_HEADER: 'Bearer YOUR_API_KEY' },
        },
      },
    });
    const inside = { label: 'x', url: 'http://gate.lan/mcp' };
    expect(one('claude-desktop', 'json', 'oauth', inside)?.text).toContain('"--allow-http"');
    expect(one('mcp-remote', 'command', 'oauth', inside)?.text).toBe(
      'npx -y mcp-remote http://gate.lan/mcp --allow-http',
    );
  });

  test('Cursor', () => {
    const link = new URL(one('cursor', 'link')?.text ?? '');
    expect(`${link.protocol}//${link.host}${link.pathname}`).toBe('cursor://anysphere.cursor-deeplink/mcp/install');
    expect(link.searchParams.get('name')).toBe('switchyard-support');
    const config = Buffer.from(link.searchParams.get('config') ?? '', 'base64').toString();
    expect(JSON.parse(config)).toEqual({ url: URL_ });
    expect(JSON.parse(one('cursor', 'json', 'api_key')?.text ?? '')).toEqual({
      mcpServers: { 'switchyard-support': { url: URL_, headers: { Authorization: `Bearer \${env:${KEY}}` } } },
    });
  });

  test('VS Code', () => {
    const link = one('vscode', 'link')?.text ?? '';
    const config = { name: 'switchyard-support', type: 'http', url: URL_ };
    expect(link.startsWith('vscode:mcp/install?')).toBe(true);
    expect(JSON.parse(decodeURIComponent(link.slice(link.indexOf('?') + 1)))).toEqual(config);
    const [words] = wordsOf(one('vscode', 'command')?.text ?? '');
    expect(words?.slice(0, 2)).toEqual(['code', '--add-mcp']);
    expect(JSON.parse(words?.[2] ?? '')).toEqual(config);
    expect(JSON.parse(one('vscode', 'json', 'api_key')?.text ?? '')).toMatchObject({
      inputs: [{ type: 'promptString', id: 'switchyard-support-key', password: true }],
      servers: {
        'switchyard-support': { headers: { Authorization: 'Bearer ${input:switchyard-support-key}' } },
      },
    });
  });

  test('Codex', () => {
    expect(wordsOf(one('codex', 'command')?.text ?? '')).toEqual([
      ['codex', 'mcp', 'add', 'switchyard-support', '--url', URL_],
      ['codex', 'mcp', 'login', 'switchyard-support'],
    ]);
    expect(one('codex', 'toml', 'api_key')?.text).toBe(
      `[mcp_servers.switchyard-support]\nurl = "${URL_}"\nbearer_token_env_var = "${KEY}"`,
    );
  });

  test('Gemini CLI', () => {
    expect(wordsOf(one('gemini-cli', 'command', 'api_key')?.text ?? '')).toEqual([
      [
        ...['gemini', 'mcp', 'add', '--scope', 'user', '--transport', 'http'],
        ...['--header', 'Authorization: Bearer the key', 'switchyard-support', URL_],
      ],
    ]);
    expect(JSON.parse(one('gemini-cli', 'json')?.text ?? '')).toEqual({
      mcpServers: { 'switchyard-support': { httpUrl: URL_ } },
    });
  });

  test('the Inspector and curl', () => {
    expect(one('inspector', 'command')?.text).toBe(
      `npx @modelcontextprotocol/inspector --transport http --server-url ${URL_}`,
    );
    const [words] = wordsOf(one('curl', 'command', 'api_key')?.text ?? '');
    expect(words).toContain('Authorization: Bearer the key');
    expect(words).toContain('Mcp-Method: tools/list');
    expect(JSON.parse(words?.at(-1) ?? '')).toMatchObject({ method: 'tools/list', jsonrpc: '2.0' });
    expect(one('curl', 'command', 'oauth')).toBeUndefined();
  });
});

const label = fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }), fc.constantFrom(...NASTY));
const url = fc.oneof(
  fc.webUrl({ validSchemes: ['http', 'https'], withQueryParameters: true, withFragments: true }),
  fc.constantFrom(`https://a.example/'$(x)\`;&|"`, `https://a.example/?q='"$\\`, 'http://[::1]:8080/mcp'),
);
const wanted = fc.record({ label, url });

describe('whatever a server or a toolset is called', () => {
  test('its name has nothing that a client, a shell or a file would read', () => {
    fc.assert(
      fc.property(label, (text) => {
        expect(setupsFor({ label: text, url: URL_ }).name).toMatch(/^switchyard(?:-[a-z0-9]+)*$/);
      }),
      { numRuns: 500 },
    );
  });

  test('a command is one program with its words, the address as one of them', () => {
    fc.assert(
      fc.property(wanted, (given) => {
        const { href } = new URL(given.url);
        const commands = setupsOf(given, 'command');
        const lines = wordsOf(commands.map(({ text }) => text).join('\n'));
        // Signing in at Codex is a line of its own.
        expect(lines).toHaveLength(commands.length + 1);
        for (const words of lines) {
          if (words.includes('login') || words[0] === 'code') continue;
          expect(words.filter((word) => word === href)).toHaveLength(1);
        }
        const code = lines.find(([program]) => program === 'code');
        expect((JSON.parse(code?.[2] ?? '') as { url: string }).url).toBe(href);
      }),
      { numRuns: 60 },
    );
  });

  test('JSON has one server, with the address', () => {
    fc.assert(
      fc.property(wanted, (given) => {
        for (const { text, client } of setupsOf(given, 'json')) {
          const file = JSON.parse(text) as Record<string, Record<string, object>>;
          const servers = file.servers ?? file.mcpServers ?? {};
          expect(Object.keys(servers)).toEqual([setupsFor(given).name]);
          expect(JSON.stringify(servers)).toContain(JSON.stringify(new URL(given.url).href));
          expect(client).toBeDefined();
        }
      }),
    );
  });

  test('TOML has one table, with the address on a line of its own', () => {
    fc.assert(
      fc.property(wanted, (given) => {
        for (const { text } of setupsOf(given, 'toml')) {
          const [table, address, ...rest] = text.split('\n');
          expect(table).toMatch(/^\[mcp_servers\.switchyard[a-z0-9-]*\]$/);
          expect(JSON.parse(address?.replace(/^url = /, '') ?? '')).toBe(new URL(given.url).href);
          expect(rest.join()).toMatch(/^(?:bearer_token_env_var = "SWITCHYARD_API_KEY")?$/);
        }
      }),
    );
  });

  test('a link leads to its client', () => {
    fc.assert(
      fc.property(wanted, (given) => {
        for (const { text } of setupsOf(given, 'link')) {
          expect(text).toMatch(
            /^(?:cursor:\/\/anysphere\.cursor-deeplink\/mcp\/install|vscode:mcp\/install)\?[\w.%=&*!'()~+-]+$/,
          );
        }
      }),
    );
  });
});
