import { AppError, type FieldIssue } from '../../platform/errors/app-error.js';

const fieldIsInvalid = (issue: FieldIssue) =>
  new AppError('invalid', 'VALIDATION_ERROR', issue.message, { issues: [issue] });

export const emailIsMalformed = () =>
  fieldIsInvalid({ path: '/email', code: 'invalid_email', message: 'This is not an e-mail address we can write to.' });

export const codeIsMalformed = () =>
  fieldIsInvalid({ path: '/code', code: 'invalid_code', message: 'A code is six digits, sent as text.' });

export const usernameIsInvalid = () =>
  fieldIsInvalid({
    path: '/username',
    code: 'invalid_username',
    message: 'A username has 1 to 64 characters and no control characters.',
  });

export const nameIsInvalid = (path: '/first_name' | '/last_name') =>
  fieldIsInvalid({ path, code: 'invalid_name', message: 'A name has 1 to 64 characters and no control characters.' });

export const deviceFingerprintIsInvalid = () =>
  fieldIsInvalid({
    path: '/device_fingerprint',
    code: 'invalid_device_fingerprint',
    message: 'A device fingerprint has up to 512 characters and no control characters.',
  });

export const codeIsWrong = (attemptsLeft: number) =>
  new AppError('unauthenticated', 'OTP_WRONG', 'This code is wrong.', { details: { attemptsLeft } });

/** Nothing was compared: no code was asked for from this part of the network. */
export const codeIsUnknownHere = () =>
  new AppError('unauthenticated', 'OTP_WRONG', 'This code is wrong, or it was asked for from another network.');

export const codeIsOver = () =>
  new AppError('gone', 'OTP_EXPIRED', 'This code was used already or is too old. Ask for a new one.');

export const codeIsLocked = (retryAfterSeconds: number) =>
  new AppError('rate_limited', 'OTP_LOCKED', 'Too many wrong guesses. Ask for a new code.', { retryAfterSeconds });

export const codeIsLockedToday = (retryAfterSeconds: number) =>
  new AppError(
    'rate_limited',
    'OTP_LOCKED',
    'Codes to this address were guessed too often within a day. Use a sign-in link by mail instead, or wait.',
    { retryAfterSeconds },
  );

export const codeIsCoolingDown = (retryAfterSeconds: number) =>
  new AppError('rate_limited', 'OTP_COOLDOWN', 'A code was sent a moment ago. Wait before you ask for the next one.', {
    retryAfterSeconds,
  });

export const accessTokenIsInvalid = () =>
  new AppError('unauthenticated', 'TOKEN_INVALID', 'The access token is not valid. Sign in again.');

export const accessTokenHasExpired = () =>
  new AppError('unauthenticated', 'TOKEN_EXPIRED', 'The access token has expired. Refresh it or sign in again.');

export const sessionHasEnded = () =>
  new AppError('unauthenticated', 'SESSION_ENDED', 'This session has ended. Sign in again.');

export const refreshTokenIsInvalid = () =>
  new AppError('unauthenticated', 'REFRESH_TOKEN_INVALID', 'The refresh token is not valid. Sign in again.');

export const linkIsOver = () =>
  new AppError('gone', 'LINK_EXPIRED', 'This link was used already, is too old, or a newer one replaced it.');

export const linkIsCoolingDown = (retryAfterSeconds: number) =>
  new AppError('rate_limited', 'LINK_COOLDOWN', 'A mail was sent a moment ago. Wait before you ask for the next one.', {
    retryAfterSeconds,
  });

export const clientIsNotConnected = () =>
  new AppError(
    'not_found',
    'CLIENT_NOT_CONNECTED',
    'No such client is connected to your account. It may have ended meanwhile: list them again.',
  );

export const credentialNotFound = () =>
  new AppError(
    'not_found',
    'CREDENTIAL_NOT_FOUND',
    'You have no such sign-in or API key. It may have ended meanwhile: list them again.',
  );
