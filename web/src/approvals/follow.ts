import { approvalQuery } from '../api/approval-queries.js';
import type { ApprovalDetail } from '../api/approval-types.js';

const FOLLOW_MS = 1_000;
const LOOK_MS = 10_000;

/** A call that has begun and has not ended. */
export function isUnderWay({ kind, status, call }: ApprovalDetail): boolean {
  if (kind !== 'call' || status !== 'approved' || call === null) return false;
  return call.answer === null && !/lost|unknown|superseded|withdrawn/.test(call.status);
}

/** One request, asked for again while something may still become of it. */
export const followed = (id: string) => ({
  ...approvalQuery(id),
  refetchInterval: ({ state }: { state: { data: ApprovalDetail | undefined } }) => {
    if (state.data === undefined) return false;
    if (state.data.status === 'pending') return LOOK_MS;
    return isUnderWay(state.data) ? FOLLOW_MS : false;
  },
});
