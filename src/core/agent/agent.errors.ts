import { AppError } from '../../platform/errors/app-error.js';
import type { Budget } from '../usage/usage.js';
import { ModelFailure } from './language-model.port.js';

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

export const sessionIsBusy = () =>
  new AppError(
    'conflict',
    'SESSION_BUSY',
    'Something is going on in this session. Wait until it has ended, or stop it first.',
  );

export const nothingToFork = () =>
  new AppError(
    'conflict',
    'NOTHING_TO_FORK',
    'No turn had ended by then, and a fork begins with whole turns. Name something later, or wait until a turn has ended.',
  );

export const nothingToRetry = () =>
  new AppError('conflict', 'NOTHING_TO_RETRY', 'The last message of this session did not fail.');

export const modelNotOffered = (offered: readonly string[]) =>
  new AppError('invalid', 'MODEL_NOT_OFFERED', `No such model is offered here. Offered: ${offered.join(', ')}.`);

const WHOSE = { session: 'this session', organization: 'your organization', instance: 'this instance' } as const;

export function budgetExhausted({ scope, unit, limit, used, resetsAt }: Budget): ModelFailure {
  const amount = unit === 'usd' ? `$${limit}` : `${limit} tokens`;
  const budget = `budget of ${WHOSE[scope]} (${amount}${resetsAt ? ' a day' : ''})`;
  const details = { scope, unit, limit, used, resets_at: resetsAt?.toISOString() ?? null };
  const say = (message: string) => new ModelFailure('BUDGET_EXHAUSTED', message, true, { details });
  if (used < limit) return say(`What is left of the ${budget} is reserved for replies under way. Retry in a moment.`);
  const remedy = resetsAt
    ? `It starts anew at ${resetsAt.toISOString().slice(0, 16).replace('T', ' ')} UTC; retry then.`
    : 'Open a new session, or ask whoever runs this instance for more.';
  return say(`The ${budget} is used up. ${remedy}`);
}
