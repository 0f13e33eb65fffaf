import type { Credential } from '../../core/identity/credential.js';
import { AppError } from '../../platform/errors/app-error.js';
import type { RequestHead } from './surface.js';

/** `Authorization: Bearer <b64token>` (RFC 6750, 2.1). @throws 401 for another scheme or form */
export function readBearer({ headers }: RequestHead): Credential | undefined {
  const { authorization } = headers;
  if (authorization === undefined) return undefined;
  const token = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization.trim())?.[1];
  if (token === undefined) {
    throw new AppError('unauthenticated', 'CREDENTIAL_MALFORMED', 'Authorization has to be: Bearer <access token>.');
  }
  return { scheme: 'bearer', token };
}
