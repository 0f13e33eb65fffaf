import { prettyJson, shellLine } from './quoting.js';
import { isLoopback, isPrivateHttp } from './reach-of.js';
import { type Auth, KEY_VARIABLE, PUT_KEY, type Setup, SIGN_IN, type Target } from './setup.js';

/** Claude Desktop reaches connectors from the cloud; what it cannot reach there comes through a bridge on this machine. */
export function claudeDesktopSetups({ name, url }: Target, auth: Auth): Setup[] {
  const byKey = auth === 'api_key';
  const connector: Setup = {
    client: 'claude-desktop',
    title: 'Claude Desktop, as a connector',
    auth,
    kind: 'text',
    text: url,
    steps: [
      'In Claude, open Settings, then Connectors, and choose “Add custom connector”.',
      'Paste the address. Claude reaches it from the cloud: it has to be public, with https.',
      SIGN_IN,
    ],
  };
  const env = { AUTH_HEADER: 'Bearer YOUR_API_KEY' };
  const server = { command: 'npx', args: bridgeWords(url, auth), ...(byKey && { env }) };
  const bridge: Setup = {
    client: 'claude-desktop',
    title: 'Claude Desktop, through mcp-remote',
    auth,
    kind: 'json',
    text: prettyJson({ mcpServers: { [name]: server } }),
    path: 'claude_desktop_config.json',
    steps: [
      'In Claude Desktop, open Settings, then Developer, and choose “Edit Config”. It needs Node.',
      ...(byKey ? ['Add it, with an API key in the place of YOUR_API_KEY.'] : ['Add it.']),
      'Start Claude Desktop again.',
      ...(byKey ? [] : [SIGN_IN]),
    ],
  };
  const isPublic = url.startsWith('https:') && !isLoopback(url);
  return isPublic && !byKey ? [connector, bridge] : [bridge];
}

export function mcpRemoteSetups({ url }: Target, auth: Auth): Setup[] {
  const line = shellLine('npx', '-y', 'mcp-remote', url, ...(isPrivateHttp(url) ? ['--allow-http'] : []));
  const byKey = auth === 'api_key';
  return [
    {
      client: 'mcp-remote',
      title: 'mcp-remote, for clients that start a program',
      auth,
      kind: 'command',
      text: byKey ? `${line} --header "Authorization: Bearer $${KEY_VARIABLE}"` : line,
      steps: [
        ...(byKey ? [PUT_KEY] : []),
        'Have your client start it as a server on standard input and output. It needs Node.',
        ...(byKey ? [] : [SIGN_IN]),
      ],
    },
  ];
}

/** A space in an argument is lost by some clients on Windows, so the value of the header comes from the environment. */
const bridgeWords = (url: string, auth: Auth): string[] => [
  '-y',
  'mcp-remote',
  url,
  ...(isPrivateHttp(url) ? ['--allow-http'] : []),
  ...(auth === 'api_key' ? ['--header', 'Authorization:${AUTH_HEADER}'] : []),
];
