/** Every state of a task; the same list, in the same order, as the session protocol's node statuses. */
export const TASK_STATUSES = [
  'pending',
  'approved',
  'blocked',
  'running',
  'retrying',
  'succeeded',
  'failed',
  'timed_out',
  'rejected',
  'skipped',
  'cancelled',
  'outcome_unknown',
] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

/** Nothing happens to such a task by itself any more. `outcome_unknown` is not among them: a person must settle it. */
export const TERMINAL_STATUSES = [
  'succeeded',
  'failed',
  'timed_out',
  'rejected',
  'skipped',
  'cancelled',
] as const satisfies readonly TaskStatus[];
export type TerminalStatus = (typeof TERMINAL_STATUSES)[number];

/** Ended without a result, so that whatever depends on it cannot run. */
export type DeadStatus = Exclude<TerminalStatus, 'succeeded'>;

/** A decision to try (again): to be asked, ready to run, or approved and waiting for others. */
const OPEN_AGAIN = ['pending', 'approved', 'blocked'] as const;

const NEXT = {
  pending: ['approved', 'blocked', 'rejected', 'skipped', 'cancelled'],
  // Back to pending: the tool's pin, the arguments or a referenced value changed, which voids the approval.
  // Never to rejected: an approval is not undone, a plan is stopped.
  approved: ['running', 'blocked', 'pending', 'skipped', 'cancelled'],
  blocked: ['approved', 'pending', 'skipped', 'cancelled'],
  // Never back to pending or approved: the call may have had its effect. A process that died in the middle
  // of a call that is safe to repeat goes on through retrying.
  running: ['succeeded', 'failed', 'timed_out', 'cancelled', 'outcome_unknown', 'retrying'],
  // Between two attempts nothing is under way, so the approval may be voided and the deadline may pass here.
  retrying: ['running', 'pending', 'failed', 'timed_out', 'cancelled'],
  succeeded: [],
  failed: OPEN_AGAIN,
  timed_out: OPEN_AGAIN,
  // A rejection is not taken back; trying the task after all is a decision of its own.
  rejected: OPEN_AGAIN,
  // Comes back only when what it was skipped for is tried again.
  skipped: OPEN_AGAIN,
  cancelled: OPEN_AGAIN,
  // Only by a person: settled as done or failed, or tried again knowingly. Stopping the plan settles nothing.
  outcome_unknown: ['succeeded', 'failed', ...OPEN_AGAIN],
} as const satisfies Record<TaskStatus, readonly TaskStatus[]>;

export function canMove(from: TaskStatus, to: TaskStatus): boolean {
  return (NEXT[from] as readonly TaskStatus[]).includes(to);
}

export function isTerminal(status: TaskStatus): status is TerminalStatus {
  return (TERMINAL_STATUSES as readonly TaskStatus[]).includes(status);
}

export function isDead(status: TaskStatus): status is DeadStatus {
  return status !== 'succeeded' && isTerminal(status);
}
