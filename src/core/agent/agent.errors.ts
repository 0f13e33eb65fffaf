import { AppError } from '../../platform/errors/app-error.js';

export const tooManyQueued = (limit: number) =>
  new AppError(
    'rate_limited',
    'TOO_MANY_QUEUED',
    `At most ${limit} messages wait for their turn. Let one be answered first.`,
    {
      retryAfterSeconds: 5,
    },
  );

export const nothingToStop = () => new AppError('conflict', 'NOTHING_TO_STOP', 'Nothing is running in this session.');

export const nothingToRetry = () =>
  new AppError('conflict', 'NOTHING_TO_RETRY', 'The last message of this session did not fail.');
