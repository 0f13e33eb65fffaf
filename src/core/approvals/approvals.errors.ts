import { AppError } from '../../platform/errors/app-error.js';

export const grantNotFound = () =>
  new AppError('not_found', 'GRANT_NOT_FOUND', 'There is no such permission among yours.');

export const scopeNeedsSession = () =>
  new AppError('invalid', 'SCOPE_NEEDS_SESSION', 'This call belongs to no session: choose another scope.');

export const patternIsWrong = (message: string) => new AppError('invalid', 'PATTERN_INVALID', message);

export const patternDoesNotFit = () =>
  new AppError('invalid', 'PATTERN_DOES_NOT_FIT', 'The call that is approved does not fit the pattern itself.');

export const tooManyGrants = (most: number) =>
  new AppError('conflict', 'TOO_MANY_GRANTS', `At most ${most} permissions for one server: take one back first.`);
