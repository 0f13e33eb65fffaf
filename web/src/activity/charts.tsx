import { useQuery } from '@tanstack/react-query';
import { activityStatsQuery } from '../api/activity-queries.js';
import { ErrorNote } from '../ui/feedback.js';
import { BarChart, BlankChart } from './bar-chart.js';

const DAYS = 30;

/** Two small pictures of a month: what people did, what was called. */
export function Charts() {
  const { data, error, refetch } = useQuery(activityStatsQuery(DAYS));
  if (data === undefined && error !== null) {
    return <ErrorNote title="The days were not counted" error={error} onRetry={() => void refetch()} />;
  }
  return (
    <div className="charts" aria-busy={data === undefined}>
      {data === undefined ? (
        <BlankChart title="Events per day" />
      ) : (
        <BarChart title="Events per day" days={data.days} />
      )}
      {data === undefined ? <BlankChart title="Calls per day" /> : <BarChart title="Calls per day" days={data.calls} />}
    </div>
  );
}
