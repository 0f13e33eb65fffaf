import type { NodeStatus } from '@app/session-protocol';
import { AppError, type FieldIssue } from '../../platform/errors/app-error.js';

export const nodeNotFound = () =>
  new AppError('not_found', 'NODE_NOT_FOUND', 'There is no such task in the open plan of this session.');

export const planNotFound = () => new AppError('not_found', 'PLAN_NOT_FOUND', 'There is no such plan in this session.');

export const planIsStale = (current: number) =>
  new AppError('conflict', 'PLAN_STALE', 'The plan changed while you were deciding. Look at it again.', {
    details: { revision: current },
  });

export const alreadyDecided = (status: NodeStatus) =>
  new AppError('conflict', 'ALREADY_DECIDED', `The first decision stands: the task is ${status.replace('_', ' ')}.`, {
    details: { status },
  });

export const notAllowedNow = (decision: string, status: NodeStatus) =>
  new AppError(
    'conflict',
    'NOT_ALLOWED_NOW',
    `A task that is ${status.replace('_', ' ')} has nothing to ${decision}.`,
    {
      details: { status },
    },
  );

export const nothingToApprove = () =>
  new AppError('conflict', 'NOTHING_TO_APPROVE', 'No task of this plan waits for a decision.');

export const argumentsDoNotFit = (message: string, issues: FieldIssue[]) =>
  new AppError('invalid', 'INVALID_ARGUMENTS', message, { issues });

export const questionNotFound = () =>
  new AppError('not_found', 'QUESTION_NOT_FOUND', 'That question is not open any more.');

export const requestIsOver = () =>
  new AppError('conflict', 'ALREADY_DECIDED', 'What you decide on does not wait any more. Look at it again.');
