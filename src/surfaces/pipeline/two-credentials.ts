import { AppError } from '../../platform/errors/app-error.js';

/** Whom it would be answered for is not ours to guess. */
export const twoCredentials = () =>
  new AppError('invalid', 'TWO_CREDENTIALS', 'Send one credential: this request carries two.');
