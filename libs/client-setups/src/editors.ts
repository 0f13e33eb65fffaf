import { prettyJson, shellLine } from './quoting.js';
import { type Auth, KEY_VARIABLE, PUT_KEY, type Setup, SIGN_IN, type Target } from './setup.js';

const CURSOR_LINK = 'cursor://anysphere.cursor-deeplink/mcp/install';

export function cursorSetups({ name, url }: Target, auth: Auth): Setup[] {
  const headers = { Authorization: `Bearer \${env:${KEY_VARIABLE}}` };
  const config = { url, ...(auth === 'api_key' && { headers }) };
  const last = auth === 'oauth' ? SIGN_IN : `Start Cursor where ${KEY_VARIABLE} is set.`;
  const query = new URLSearchParams({ name, config: Buffer.from(JSON.stringify(config)).toString('base64') });
  return [
    {
      client: 'cursor',
      title: 'Cursor, by a link',
      auth,
      kind: 'link',
      text: `${CURSOR_LINK}?${query.toString()}`,
      steps: [...(auth === 'api_key' ? [PUT_KEY] : []), 'Open the link; Cursor asks whether to install.', last],
    },
    {
      client: 'cursor',
      title: 'Cursor, by its file',
      auth,
      kind: 'json',
      text: prettyJson({ mcpServers: { [name]: config } }),
      path: '.cursor/mcp.json',
      steps: [
        ...(auth === 'api_key' ? [PUT_KEY] : []),
        'Add it to .cursor/mcp.json of a project, or to ~/.cursor/mcp.json for all.',
        last,
      ],
    },
  ];
}

export function vscodeSetups({ name, url }: Target, auth: Auth): Setup[] {
  const id = `${name}-key`;
  const inputs = [{ type: 'promptString', id, description: 'API key of Switchyard', password: true }];
  const headers = { Authorization: `Bearer \${input:${id}}` };
  const config = { type: 'http', url, ...(auth === 'api_key' && { headers }) };
  const file: Setup = {
    client: 'vscode',
    title: 'VS Code, by its file',
    auth,
    kind: 'json',
    text: prettyJson({ ...(auth === 'api_key' && { inputs }), servers: { [name]: config } }),
    path: '.vscode/mcp.json',
    steps: [
      'Add it to .vscode/mcp.json of a project, or run “MCP: Open User Configuration” for all.',
      auth === 'oauth' ? SIGN_IN : 'Start the server there: VS Code asks for the key once, and keeps it.',
    ],
  };
  if (auth === 'api_key') return [file];
  const whole = JSON.stringify({ name, ...config });
  return [
    {
      client: 'vscode',
      title: 'VS Code, by a link',
      auth,
      kind: 'link',
      text: `vscode:mcp/install?${encodeURIComponent(whole)}`,
      steps: ['Open the link; VS Code asks whether to install.', SIGN_IN],
    },
    {
      client: 'vscode',
      title: 'VS Code, by a command',
      auth,
      kind: 'command',
      text: shellLine('code', '--add-mcp', whole),
      steps: ['Run it in a terminal.', 'Start the server in VS Code.', SIGN_IN],
    },
    file,
  ];
}
