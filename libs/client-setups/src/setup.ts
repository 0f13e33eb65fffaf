export const CLIENTS = [
  'claude-code',
  'claude-desktop',
  'cursor',
  'vscode',
  'codex',
  'gemini-cli',
  'mcp-remote',
  'inspector',
  'curl',
] as const;
export type Client = (typeof CLIENTS)[number];

export const AUTHS = ['oauth', 'api_key'] as const;
/** By signing in with a browser, or by a key that the user puts in. */
export type Auth = (typeof AUTHS)[number];

export const KINDS = ['command', 'json', 'toml', 'link', 'text'] as const;
/** What the text is: to run, for a file, to open, or to paste. */
export type Kind = (typeof KINDS)[number];

/** One way to make a client know a server. Never with a secret in it. */
export interface Setup {
  client: Client;
  title: string;
  auth: Auth;
  kind: Kind;
  text: string;
  /** The file that it belongs into. */
  path?: string;
  steps: readonly string[];
}

/** What is connected to. */
export interface Target {
  /** What the client calls it: of letters, digits and dashes. */
  name: string;
  url: string;
}

/** Where clients and shells find the key. */
export const KEY_VARIABLE = 'SWITCHYARD_API_KEY';

export const SIGN_IN = 'A browser opens: sign in, and allow what it asks for.';
export const PUT_KEY = `Make an API key, and keep it in the environment variable ${KEY_VARIABLE}.`;
