import { useQuery } from '@tanstack/react-query';
import { activityStatsQuery } from '../api/activity-queries.js';
import { BarChart } from './bar-chart.js';

const DAYS = 30;

/** Two small pictures of a month: what people did, what was called. */
export function Charts() {
  const stats = useQuery(activityStatsQuery(DAYS)).data;
  if (stats === undefined) return null;
  return (
    <div className="charts">
      <BarChart title="Events per day" days={stats.days} />
      <BarChart title="Calls per day" days={stats.calls} />
    </div>
  );
}
