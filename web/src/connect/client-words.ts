/** In the order of the list; what the product knows beyond it comes last, by its own name. */
export const CLIENT_WORDS: Readonly<Record<string, string>> = {
  'claude-code': 'Claude Code',
  'claude-desktop': 'Claude Desktop',
  cursor: 'Cursor',
  vscode: 'VS Code',
  codex: 'Codex',
  'gemini-cli': 'Gemini CLI',
  'mcp-remote': 'mcp-remote',
  inspector: 'MCP Inspector',
  curl: 'curl',
};

export const HINT_WORDS = {
  loopback:
    'Only clients on the machine of this instance reach this address. For clients elsewhere, and for those that connect from a cloud, set PUBLIC_URL to an address that they reach.',
  no_tls: 'This address has no https: some clients refuse to sign in there, and what is sent can be read on the way.',
} as const;

export const AUTH_WORDS = {
  oauth: 'by signing in',
  api_key: 'by an API key',
} as const;
