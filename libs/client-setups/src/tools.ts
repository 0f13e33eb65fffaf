import { shellLine, shellWord } from './quoting.js';
import { type Auth, KEY_VARIABLE, PUT_KEY, type Setup, SIGN_IN, type Target } from './setup.js';

const HEADER = `"Authorization: Bearer $${KEY_VARIABLE}"`;
const REVISION = '2026-07-28';

export function inspectorSetups({ url }: Target, auth: Auth): Setup[] {
  const inspector = ['npx', '@modelcontextprotocol/inspector'];
  const list = shellLine(...inspector, '--cli', url, '--transport', 'http', '--method', 'tools/list');
  if (auth === 'api_key') {
    const steps = [PUT_KEY, 'Run it in a terminal: it lists the tools.'];
    const text = `${list} --header ${HEADER}`;
    return [{ client: 'inspector', title: 'MCP Inspector', auth, kind: 'command', text, steps }];
  }
  return [
    {
      client: 'inspector',
      title: 'MCP Inspector',
      auth,
      kind: 'command',
      text: shellLine(...inspector, '--transport', 'http', '--server-url', url),
      steps: ['Run it in a terminal, and connect on the page that opens.', SIGN_IN],
    },
  ];
}

/** One request without a session. */
export function curlSetups({ url }: Target, auth: Auth): Setup[] {
  if (auth === 'oauth') return [];
  const meta = {
    'io.modelcontextprotocol/protocolVersion': REVISION,
    'io.modelcontextprotocol/clientInfo': { name: 'curl', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const request = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: meta } };
  const headers = [
    'Content-Type: application/json',
    'Accept: application/json, text/event-stream',
    `MCP-Protocol-Version: ${REVISION}`,
    'Mcp-Method: tools/list',
  ];
  const lines = [
    `curl ${shellWord(url)}`,
    `  -H ${HEADER}`,
    ...headers.map((header) => `  -H ${shellWord(header)}`),
    `  -d ${shellWord(JSON.stringify(request))}`,
  ];
  return [
    {
      client: 'curl',
      title: 'curl',
      auth,
      kind: 'command',
      text: lines.join(' \\\n'),
      steps: [PUT_KEY, 'Run it in a terminal: it lists the tools.'],
    },
  ];
}
