import { useQuery } from '@tanstack/react-query';
import { approvalStatsQuery } from '../api/approval-queries.js';
import { statsWords } from './stats.js';

const DAYS = 30;

/** A line about how deciding goes; none before anybody decided. */
export function StatsStrip() {
  const stats = useQuery(approvalStatsQuery(DAYS)).data;
  const words = stats && statsWords(stats, DAYS);
  return words === undefined ? null : <p className="stats dim">{words}</p>;
}
