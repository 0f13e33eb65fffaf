/** What a server says with a 401 or 403 about how to get in (RFC 6750, RFC 9728). */
export interface Challenge {
  resourceMetadata?: string;
  /** As it was sent: names with spaces between them. */
  scope?: string;
  error?: string;
}

const MAX_LENGTH = 8_192;
const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
/** Each alternative begins with another character, so nothing is tried twice. */
const PART = new RegExp(`\\s*(?:,|(${TOKEN})(?:\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|(${TOKEN}))|))`, 'gy');

/** The Bearer challenge among those of a `WWW-Authenticate` header; undefined where there is none. */
export function parseChallenge(header: string | null | undefined): Challenge | undefined {
  if (!header) return undefined;
  let found: Map<string, string> | undefined;
  let scheme = '';
  for (const [, name = '', quoted, plain] of header.slice(0, MAX_LENGTH).matchAll(PART)) {
    const value = quoted?.replace(/\\(.)/g, '$1') ?? plain;
    if (name !== '' && value === undefined) {
      scheme = name.toLowerCase();
      if (scheme === 'bearer') found ??= new Map();
    } else if (name !== '' && scheme === 'bearer' && value !== undefined) {
      const key = name.toLowerCase();
      if (!found?.has(key)) found?.set(key, value);
    }
  }
  return found && toChallenge(found);
}

function toChallenge(found: ReadonlyMap<string, string>): Challenge {
  const resourceMetadata = found.get('resource_metadata');
  const scope = found.get('scope');
  const error = found.get('error');
  return { ...(resourceMetadata && { resourceMetadata }), ...(scope && { scope }), ...(error && { error }) };
}
