import type { Credential } from '../../core/identity/credential.js';
import type { RequestHead, Surface } from './surface.js';

const LAST = Symbol('last credential');

/** A credential that was read of `Authorization`, and what it was read by. */
interface Shown {
  surface: Surface;
  path: string;
  authorization: string;
  credential: Credential;
}

interface Connection {
  [LAST]?: Shown;
}

/**
 * Clients send the same credential with each request of a connection: then it is not read again, and is the same object,
 * so that what was worked out of it before is still with it. No longer than the connection.
 * @throws AppError when it has no readable form
 */
export function credentialOfConnection(
  connection: object,
  surface: Surface,
  head: RequestHead,
): Credential | undefined {
  const { authorization } = head.headers;
  if (authorization === undefined) return surface.readCredential(head);
  const last = (connection as Connection)[LAST];
  if (last?.authorization === authorization && last.surface === surface && last.path === head.path) {
    return last.credential;
  }
  const credential = surface.readCredential(head);
  if (!credential || !isOfHeader(credential)) return credential;
  (connection as Connection)[LAST] = { surface, path: head.path, authorization, credential };
  return credential;
}

/** Nothing else that the request says could have made it another. */
const isOfHeader = ({ scheme }: Credential): boolean =>
  scheme === 'bearer' || scheme === 'api_key' || scheme === 'resource_token';
