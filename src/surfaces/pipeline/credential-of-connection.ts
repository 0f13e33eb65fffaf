import type { Credential } from '../../core/identity/credential.js';

const LAST = Symbol('last credential');

interface Connection {
  [LAST]?: Credential;
}

/**
 * Clients send the same credential with each request of a connection: then it is the same object, and what was worked out
 * of it before is still with it. No longer than the connection.
 */
export function credentialOfConnection(connection: object, credential: Credential): Credential {
  const last = (connection as Connection)[LAST];
  if (last && isSame(last, credential)) return last;
  (connection as Connection)[LAST] = credential;
  return credential;
}

function isSame(one: Credential, other: Credential): boolean {
  if (one.scheme === 'bearer') return other.scheme === 'bearer' && one.token === other.token;
  if (one.scheme === 'api_key') return other.scheme === 'api_key' && one.key === other.key;
  return false;
}
