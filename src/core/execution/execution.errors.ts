import { AppError, type FieldIssue } from '../../platform/errors/app-error.js';
import { signInNeeded } from '../upstream-accounts/upstream-accounts.errors.js';
import { describeIssues } from './argument-validation.js';
import type { FinishedCall } from './tool-call.js';
import type { CallFault, NotSent, ToolOutcome } from './tool-outcome.js';

/** @param issues their places are below the arguments; in the error below `/arguments` */
export const argumentsAreInvalid = (issues: readonly FieldIssue[]) =>
  new AppError('invalid', 'INVALID_ARGUMENTS', `The tool does not take this: ${describeIssues(issues)}.`, {
    issues: issues.map((issue) => ({ ...issue, path: `/arguments${issue.path === '/' ? '' : issue.path}` })),
  });

/** Of a call that would wait: what is kept has to be what was sent. */
export const argumentsAreNotKept = () =>
  new AppError(
    'invalid',
    'ARGUMENTS_UNREADABLE',
    'The arguments hold U+0000 or half of a character, so this call cannot wait for anybody.',
  );

/** By what is known of the tool's definition. */
export const callIsRefused = (code: string, message: string) => new AppError('conflict', code, message);

/** Nothing was sent: trying again is safe, and may help. */
export function notSent({ fault, transient }: NotSent): AppError {
  const { code, message, signIn } = fault;
  if (signIn) return signInNeeded(signIn);
  const details = { outcome: 'not_sent' };
  const { retryAfterSeconds } = fault;
  switch (code) {
    case 'TOOL_CHANGED':
      return new AppError('conflict', code, message, { details });
    case 'TOOL_GONE':
      return new AppError('not_found', 'TOOL_NOT_FOUND', message, { details });
    case 'UPSTREAM_BUSY':
    case 'UPSTREAM_UNAVAILABLE':
      return new AppError('unavailable', code, message, { details, retryAfterSeconds: retryAfterSeconds ?? 1 });
    default:
      return new AppError('upstream_failed', code, message, { details: { ...details, transient } });
  }
}

/** For doors whose documents know results and errors only: a call that did not succeed. */
export function callFailed({ outcome, asked }: FinishedCall): AppError {
  const { code, message } = faultOf(outcome);
  const text = 'preview' in outcome ? outcome.preview : undefined;
  return new AppError('upstream_failed', code, message, {
    details: { outcome: outcome.status, ...(text !== undefined && { text }), ...(asked !== null && { asked }) },
    settled: true,
  });
}

/** What went wrong, in a code and a sentence; of a success nothing did. */
export function faultOf(outcome: ToolOutcome): CallFault {
  switch (outcome.status) {
    case 'succeeded':
      return { code: 'SUCCEEDED', message: 'It succeeded.' };
    case 'failed':
    case 'not_sent':
    case 'lost':
      return outcome.fault;
    case 'timed_out': {
      const within = `No answer within ${Math.round(outcome.afterMs / 1_000)} s.`;
      return { code: 'TIMED_OUT', message: `${within} The call may have had its effect.` };
    }
    case 'cancelled':
      return {
        code: 'CANCELLED',
        message: outcome.sent
          ? 'It was cancelled; it may have had its effect.'
          : 'It was cancelled before it was sent.',
      };
    default:
      return outcome satisfies never;
  }
}

export const requestNotFound = () =>
  new AppError('not_found', 'LOG_NOT_FOUND', 'There is no such line in the request log.');

export const heldCallNotFound = () => new AppError('not_found', 'APPROVAL_NOT_FOUND', 'There is no such approval.');

export const alreadyDecided = () =>
  new AppError('conflict', 'ALREADY_DECIDED', 'Somebody decided, or it ended, before this.');

export const tooManyHeldCalls = (most: number) =>
  new AppError('rate_limited', 'TOO_MANY_WAITING', `${most} calls of yours wait for a decision. Withdraw some.`, {
    retryAfterSeconds: 60,
  });

export const resourceNotFound = () =>
  new AppError('not_found', 'RESOURCE_NOT_FOUND', 'The server has no such resource.');

export const resourcesNotGranted = () =>
  new AppError('forbidden', 'RESOURCES_NOT_GRANTED', 'This key is limited to some tools of the server.');

export const variablesAreMissing = (names: readonly string[]) =>
  new AppError('invalid', 'VALIDATION_ERROR', `The name of this resource needs: ${names.join(', ').slice(0, 500)}.`, {
    issues: names.map((name) => ({ path: `/arguments/${name}`, code: 'required', message: 'is required' })),
  });
