import { AppError } from '../errors/app-error.js';

export const keyIsReused = () =>
  new AppError(
    'unprocessable',
    'IDEMPOTENCY_KEY_REUSED',
    'This Idempotency-Key came before with another body. A new request takes a new key.',
  );

export const stillRunning = () =>
  new AppError('conflict', 'IDEMPOTENCY_IN_PROGRESS', 'The first request with this Idempotency-Key still runs.', {
    retryAfterSeconds: 1,
  });

export const outcomeUnknown = () =>
  new AppError(
    'conflict',
    'OUTCOME_UNKNOWN',
    'The process that served the first request with this Idempotency-Key died before the answer; it may have had its effect. Look, and take a new key to do it again.',
  );
