/** What stands behind one address of the gateway. */
export type Place =
  /** All servers that the caller may use. */
  | { kind: 'all' }
  /** One server, by its handle or id. */
  | { kind: 'server'; named: string }
  /** A named selection of tools, by its handle. */
  | { kind: 'toolset'; named: string };

const SERVERS = '/mcp/s/';
const TOOLSETS = '/mcp/t/';
/** Of handles and ids; whatever else there is names nothing. */
const NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** Undefined for a path that is none of the gateway's. */
export function placeAt(path: string): Place | undefined {
  if (path === '/mcp') return { kind: 'all' };
  const kind = path.startsWith(SERVERS) ? 'server' : path.startsWith(TOOLSETS) ? 'toolset' : undefined;
  const named = path.slice(SERVERS.length);
  return kind && NAME.test(named) ? { kind, named } : undefined;
}

export const pathOf = (place: Place): string =>
  place.kind === 'all' ? '/mcp' : `${place.kind === 'server' ? SERVERS : TOOLSETS}${place.named}`;
