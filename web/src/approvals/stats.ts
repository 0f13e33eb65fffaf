import type { ApprovalStats } from '../api/approval-types.js';
import { duration, plural } from '../ui/format.js';

/** `30 days: 4 decisions, 3 approved, 1 denied. Half of them within 12 s.`; undefined where nobody decided anything. */
export function statsWords({ days, median_decision_seconds: median }: ApprovalStats, span: number): string | undefined {
  const sum = (name: 'approved' | 'denied' | 'expired') => days.reduce((all, day) => all + day[name], 0);
  const [approved, denied, expired] = [sum('approved'), sum('denied'), sum('expired')];
  if (approved + denied === 0) return undefined;
  const ends = [`${approved} approved`, `${denied} denied`, ...(expired > 0 ? [`${expired} expired`] : [])].join(', ');
  const half = median === null ? '' : ` Half of them within ${duration(median * 1_000)}.`;
  return `${span} days: ${plural(approved + denied, 'decision')}, ${ends}.${half}`;
}
