import { AppError } from '../../platform/errors/app-error.js';
import type { ApprovalRequest, ApprovalStatus } from '../approvals/approval-request.js';

export const approvalNotFound = () =>
  new AppError(
    'not_found',
    'APPROVAL_NOT_FOUND',
    'There is no such request, or it is not for you. It may be of another organization of yours: switch to that one.',
  );

export const mayNotDecide = () =>
  new AppError(
    'forbidden',
    'APPROVAL_NOT_YOURS',
    'You may see this, but not decide it: it takes more rights on the server.',
  );

const WORDS = {
  pending: 'waits',
  approved: 'was approved',
  denied: 'was denied',
  expired: 'waited too long and has expired',
  withdrawn: 'was withdrawn',
  superseded: 'was superseded by something newer',
} as const satisfies Record<ApprovalStatus, string>;

/** The first decision stands: whose it was, and when. */
export function alreadyDecided({ status, decidedBy, decidedAt }: ApprovalRequest): AppError {
  const by = decidedBy ? ` by ${decidedBy.name}` : '';
  return new AppError('conflict', 'ALREADY_DECIDED', `It ${WORDS[status]}${by}.`, {
    details: { approvalStatus: status, by: decidedBy?.name ?? null, decidedAt: decidedAt?.toISOString() ?? null },
  });
}

export const notYoursToWithdraw = () =>
  new AppError('forbidden', 'APPROVAL_NOT_YOURS', 'Only who asked may withdraw it.');

export const cannotBeWithdrawn = () =>
  new AppError(
    'conflict',
    'NOT_WITHDRAWABLE',
    'This is not withdrawn here: stop the plan, or decide on the definition.',
  );

export const nothingToRemember = () =>
  new AppError('invalid', 'SCOPE_NOT_POSSIBLE', 'Only what approves a call can be remembered.');

export const rememberingNeedsManage = () =>
  new AppError(
    'forbidden',
    'SCOPE_NEEDS_MANAGE',
    'To let somebody else’s calls run from now on, you must manage the server. Approve this one alone.',
  );

export const argumentsCannotChange = () =>
  new AppError('invalid', 'ARGUMENTS_NOT_EDITABLE', 'Arguments can be changed only where a call is approved.');

export const approvalLinkIsOver = () =>
  new AppError('gone', 'LINK_OVER', 'This link was used, is too old, or is no link of ours.');
