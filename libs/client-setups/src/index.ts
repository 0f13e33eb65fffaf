import { claudeCodeSetups, codexSetups, geminiSetups } from './assistants.js';
import { claudeDesktopSetups, mcpRemoteSetups } from './bridges.js';
import { cursorSetups, vscodeSetups } from './editors.js';
import { clientName } from './names.js';
import { isLoopback, isPrivateHttp } from './reach-of.js';
import { type Auth, AUTHS, type Client, CLIENTS, type Setup, type Target } from './setup.js';
import { curlSetups, inspectorSetups } from './tools.js';

export { isLoopback, isPrivateHttp };
export { type Auth, AUTHS, type Client, CLIENTS, type Kind, KINDS, type Setup } from './setup.js';

const SETUPS: Readonly<Record<Client, (target: Target, auth: Auth) => Setup[]>> = {
  'claude-code': claudeCodeSetups,
  'claude-desktop': claudeDesktopSetups,
  cursor: cursorSetups,
  vscode: vscodeSetups,
  codex: codexSetups,
  'gemini-cli': geminiSetups,
  'mcp-remote': mcpRemoteSetups,
  inspector: inspectorSetups,
  curl: curlSetups,
};

export interface Wanted {
  /** Any text: of it the clients' name is made. */
  label: string;
  /** Of http or https. */
  url: string;
}

/** What makes each client know a server, by signing in and by a key. */
export function setupsFor({ label, url }: Wanted): { name: string; setups: Setup[] } {
  const target = { name: clientName(label), url: new URL(url).href };
  return {
    name: target.name,
    setups: CLIENTS.flatMap((client) => AUTHS.flatMap((auth) => SETUPS[client](target, auth))),
  };
}
