import { AppError } from '../../platform/errors/app-error.js';
import { MAX_KEYS_PER_USER } from './api-key.js';
import type { Role, Scope } from './principal.js';

/** One answer for what never was, what was revoked, and whose maker was removed. */
export const apiKeyIsInvalid = () =>
  new AppError('unauthenticated', 'KEY_INVALID', 'This API key is not valid: it is misspelled, or it was revoked.');

export const keyPairIsInvalid = () =>
  new AppError('unauthenticated', 'KEY_INVALID', 'These are not the id and the secret of one API key that is valid.');

export const apiKeyHasExpired = () =>
  new AppError('unauthenticated', 'KEY_EXPIRED', 'This API key has expired. Make a new one.');

export const apiKeyNotFound = () => new AppError('not_found', 'KEY_NOT_FOUND', 'You have no such API key.');

export const apiKeyIsOver = () =>
  new AppError('conflict', 'KEY_ENDED', 'This API key has expired, so there is nothing to replace. Make a new one.');

export const scopesAreBeyondRole = (role: Role, scopes: readonly Scope[]) =>
  new AppError('forbidden', 'SCOPE_NOT_ALLOWED', `The role ${role} cannot give a key: ${scopes.join(', ')}.`, {
    details: { role, scopes },
  });

export const tooManyApiKeys = () =>
  new AppError(
    'conflict',
    'KEY_LIMIT_REACHED',
    `You have ${MAX_KEYS_PER_USER} API keys, and no more are possible. Revoke one that you do not need.`,
  );
