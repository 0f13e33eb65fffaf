import { AppError } from '../../platform/errors/app-error.js';
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, type PasswordFlaw } from './password.js';

const FLAWS = {
  too_short: `A password has at least ${MIN_PASSWORD_LENGTH} characters.`,
  too_long: `A password has at most ${MAX_PASSWORD_LENGTH} characters.`,
  too_easy_to_guess: 'This is little more than your address or our name: the first that anybody would try.',
  breached: 'This password is on public lists of stolen ones. Choose another.',
} as const satisfies Record<PasswordFlaw, string>;

/** @param path JSON Pointer of the field that held it */
export const passwordIsRefused = (flaw: PasswordFlaw, path: string) =>
  new AppError('invalid', 'VALIDATION_ERROR', FLAWS[flaw], {
    issues: [{ path, code: `password_${flaw}`, message: FLAWS[flaw] }],
  });

/** @param most characters */
export const registeredNameIsInvalid = (path: '/first_name' | '/last_name' | '/organization_name', most: number) => {
  const message = `This has 1 to ${most} characters and no control characters.`;
  return new AppError('invalid', 'VALIDATION_ERROR', message, { issues: [{ path, code: 'invalid_name', message }] });
};

/** The same for an address without an account. */
export const credentialsAreWrong = () =>
  new AppError('unauthenticated', 'CREDENTIALS_INVALID', 'The address or the password is wrong.');

export const emailIsNotVerified = () =>
  new AppError(
    'forbidden',
    'EMAIL_NOT_VERIFIED',
    'This address was not confirmed yet. Open the link in the mail that we sent, or ask for a new one.',
  );

export const tooManyPasswords = (retryAfterSeconds: number) =>
  new AppError(
    'rate_limited',
    'PASSWORD_LOCKED',
    'Too many wrong passwords for this address. Wait, or sign in with a code by mail.',
    { retryAfterSeconds },
  );

export const currentPasswordIsWrong = () => {
  const message = 'This is not your current password.';
  return new AppError('invalid', 'CURRENT_PASSWORD_WRONG', message, {
    issues: [{ path: '/current_password', code: 'wrong_password', message }],
  });
};

export const passwordIsNotSet = () =>
  new AppError('conflict', 'PASSWORD_NOT_SET', 'You have no password yet. Ask for a link by mail to choose one.');
