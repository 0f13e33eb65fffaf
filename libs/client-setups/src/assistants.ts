import { prettyJson, shellLine, shellWord, tomlString } from './quoting.js';
import { type Auth, KEY_VARIABLE, PUT_KEY, type Setup, SIGN_IN, type Target } from './setup.js';

/** In double quotes, so that the shell puts the key in. */
const HEADER = `--header "Authorization: Bearer $${KEY_VARIABLE}"`;

export function claudeCodeSetups({ name, url }: Target, auth: Auth): Setup[] {
  const add = shellLine('claude', 'mcp', 'add', '--transport', 'http', name, url);
  const byKey = auth === 'api_key';
  const headers = { Authorization: `Bearer \${${KEY_VARIABLE}}` };
  return [
    {
      client: 'claude-code',
      title: 'Claude Code',
      auth,
      kind: 'command',
      text: byKey ? `${add} ${HEADER}` : add,
      steps: byKey
        ? [PUT_KEY, 'Run it in a terminal: the key is kept in the settings of Claude Code.']
        : ['Run it in a terminal.', 'In Claude Code, run /mcp and choose the server.', SIGN_IN],
    },
    {
      client: 'claude-code',
      title: 'Claude Code, for a whole project',
      auth,
      kind: 'json',
      text: prettyJson({ mcpServers: { [name]: { type: 'http', url, ...(byKey && { headers }) } } }),
      path: '.mcp.json',
      steps: [
        ...(byKey ? [PUT_KEY] : []),
        'Add it to .mcp.json at the root of the project.',
        ...(byKey ? [] : ['In Claude Code, run /mcp and choose the server.', SIGN_IN]),
      ],
    },
  ];
}

export function codexSetups({ name, url }: Target, auth: Auth): Setup[] {
  const add = shellLine('codex', 'mcp', 'add', name, '--url', url);
  const byKey = auth === 'api_key';
  const login = shellLine('codex', 'mcp', 'login', name);
  const variable = byKey ? [`bearer_token_env_var = ${tomlString(KEY_VARIABLE)}`] : [];
  return [
    {
      client: 'codex',
      title: 'Codex',
      auth,
      kind: 'command',
      text: byKey ? `${add} --bearer-token-env-var ${KEY_VARIABLE}` : `${add}\n${login}`,
      steps: byKey ? [PUT_KEY, 'Run it in a terminal.'] : ['Run both lines in a terminal.', SIGN_IN],
    },
    {
      client: 'codex',
      title: 'Codex, by its file',
      auth,
      kind: 'toml',
      text: [`[mcp_servers.${name}]`, `url = ${tomlString(url)}`, ...variable].join('\n'),
      path: '~/.codex/config.toml',
      steps: byKey
        ? [PUT_KEY, 'Add it to ~/.codex/config.toml.']
        : ['Add it to ~/.codex/config.toml.', `Run ${login}.`, SIGN_IN],
    },
  ];
}

export function geminiSetups({ name, url }: Target, auth: Auth): Setup[] {
  const byKey = auth === 'api_key';
  const add = ['gemini', 'mcp', 'add', '--scope', 'user', '--transport', 'http'].map(shellWord);
  const text = [...add, ...(byKey ? [HEADER] : []), shellWord(name), shellWord(url)].join(' ');
  const headers = { Authorization: 'Bearer YOUR_API_KEY' };
  const signIn = [`In Gemini CLI, run /mcp auth ${name}.`, SIGN_IN];
  return [
    {
      client: 'gemini-cli',
      title: 'Gemini CLI',
      auth,
      kind: 'command',
      text,
      steps: byKey
        ? [PUT_KEY, 'Run it in a terminal: the key is kept in the settings of Gemini CLI.']
        : ['Run it in a terminal.', ...signIn],
    },
    {
      client: 'gemini-cli',
      title: 'Gemini CLI, by its file',
      auth,
      kind: 'json',
      text: prettyJson({ mcpServers: { [name]: { httpUrl: url, ...(byKey && { headers }) } } }),
      path: '~/.gemini/settings.json',
      steps: [
        'Add it to ~/.gemini/settings.json.',
        ...(byKey ? ['Put an API key in the place of YOUR_API_KEY.'] : signIn),
      ],
    },
  ];
}
