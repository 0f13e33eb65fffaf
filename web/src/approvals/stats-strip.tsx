import { useQuery } from '@tanstack/react-query';
import { approvalStatsQuery } from '../api/approval-queries.js';
import { duration, plural } from '../ui/format.js';
import { readStats } from './stats.js';

const DAYS = 30;

/** A line about how deciding goes; none where the instance tells nothing. */
export function StatsStrip() {
  const stats = useQuery(approvalStatsQuery(DAYS)).data;
  if (stats === undefined) return null;
  const { decided, approved, denied, expired, medianMs } = readStats(stats);
  if (decided === 0) return null;
  return (
    <p className="stats dim">
      {DAYS} days: {plural(decided, 'decision')}, {approved} approved, {denied} denied
      {expired > 0 && `, ${expired} expired`}
      {medianMs !== undefined && `. Half of them within ${duration(medianMs)}`}.
    </p>
  );
}
