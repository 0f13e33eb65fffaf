import { canMove, isDead, isTerminal, TASK_STATUSES, TERMINAL_STATUSES, type TaskStatus } from '../src/index.js';

const movesFrom = (from: TaskStatus) => TASK_STATUSES.filter((to) => canMove(from, to));

describe('the moves of a task', () => {
  it('never stay where they are', () => {
    for (const status of TASK_STATUSES) expect(canMove(status, status)).toBe(false);
  });

  it('leave nothing to do after success', () => {
    expect(movesFrom('succeeded')).toEqual([]);
  });

  it.each(['failed', 'timed_out', 'cancelled', 'rejected', 'skipped'] as const)(
    'lead from %s only back to a decision',
    (from) => {
      expect(movesFrom(from)).toEqual(['pending', 'approved', 'blocked']);
    },
  );

  it('reach running only from an approval or between two attempts', () => {
    expect(TASK_STATUSES.filter((from) => canMove(from, 'running'))).toEqual(['approved', 'retrying']);
  });

  it('never ask again about a call under way', () => {
    expect(canMove('running', 'pending')).toBe(false);
    expect(canMove('running', 'approved')).toBe(false);
  });

  it('let a person settle an unknown outcome or try again', () => {
    expect(movesFrom('outcome_unknown')).toEqual(['pending', 'approved', 'blocked', 'succeeded', 'failed']);
  });

  it('can end every task that has not ended', () => {
    for (const from of TASK_STATUSES.filter((status) => !isTerminal(status))) {
      const reachable = new Set<TaskStatus>([from]);
      for (const status of reachable) movesFrom(status).forEach((to) => reachable.add(to));
      expect([...reachable].some(isTerminal)).toBe(true);
    }
  });

  it('know what is over, and what is over without a result', () => {
    expect(TASK_STATUSES.filter(isTerminal).toSorted()).toEqual([...TERMINAL_STATUSES].toSorted());
    expect(TERMINAL_STATUSES.filter((status) => !isDead(status))).toEqual(['succeeded']);
    expect(isDead('outcome_unknown')).toBe(false);
  });
});
