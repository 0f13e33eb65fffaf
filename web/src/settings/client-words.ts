import type { Scope } from '../api/identity-types.js';

/** What may be looked up by names; undefined for those of another organization. */
export interface Names {
  servers: readonly { id: string; name: string }[];
  toolsets: readonly { handle: string; name: string }[];
}

export const rightsWords = (scopes: readonly Scope[]): string =>
  scopes.includes('mcp:execute') ? 'sees tools and calls them' : 'sees tools, and calls none';

/** Where a client may go, by the address that it was let in to. */
export function reachWords(resource: string, names: Names | undefined): string {
  const [, kind, named] = /\/mcp\/([st])\/([^/]+)$/.exec(resource) ?? [];
  if (kind === undefined || named === undefined) return 'at all servers that you may use';
  if (kind === 't') return `at the toolset ${names?.toolsets.find(({ handle }) => handle === named)?.name ?? named}`;
  const server = names?.servers.find(({ id }) => id === named)?.name;
  // An id tells nobody anything; a handle does.
  if (server === undefined && named.startsWith('mcp_')) return 'at one server';
  return `at the server ${server ?? named}`;
}
