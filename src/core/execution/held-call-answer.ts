import { AppError } from '../../platform/errors/app-error.js';
import { notSent } from './execution.errors.js';
import { type HeldCallView, RULE_OF_HELD } from './held-call.js';
import type { FinishedCall, WaitingCall } from './tool-call.js';

/** What came of a held call that has ended. @throws AppError where it was not made */
export function toFinishedCall({ status, answer, reason, logId }: HeldCallView): FinishedCall {
  if (status !== 'approved' || !answer) throw notApproved(status, reason);
  const { outcome, durationMs, asked } = answer;
  if (outcome.status === 'not_sent') throw notSent(outcome);
  return { status: 'finished', outcome, durationMs, logId, rule: RULE_OF_HELD, asked };
}

/** What was said when it was held. */
export const toWaitingCall = ({
  approvalId,
  url,
  expiresAt,
  createdAt,
  logId,
}: Pick<HeldCallView, 'approvalId' | 'url' | 'expiresAt' | 'createdAt' | 'logId'>): WaitingCall => ({
  status: 'approval_required',
  approvalId,
  url,
  expiresAt: expiresAt ?? createdAt,
  logId,
});

const because = (reason: string | null) => (reason === null ? '' : ` ${reason}`);

function notApproved(status: HeldCallView['status'], reason: string | null): AppError {
  const details = { outcome: 'not_sent' };
  switch (status) {
    case 'denied':
      return new AppError('forbidden', 'APPROVAL_DENIED', `Somebody denied this call.${because(reason)}`, {
        details,
        settled: true,
      });
    case 'expired':
      return new AppError('gone', 'APPROVAL_EXPIRED', 'Nobody decided in time.', { details, settled: true });
    case 'withdrawn':
      return new AppError('gone', 'APPROVAL_WITHDRAWN', 'The call was withdrawn.', { details, settled: true });
    default:
      return new AppError('conflict', 'APPROVAL_SUPERSEDED', 'The tool or its server changed meanwhile. Call again.', {
        details,
        settled: true,
      });
  }
}
