import { queryOptions } from '@tanstack/react-query';
import type { ActivityStats } from './activity-types.js';
import { call } from './http.js';

export const activityStatsQuery = (days: number) =>
  queryOptions({
    queryKey: ['activity-stats', days],
    queryFn: ({ signal }) => call<ActivityStats>('GET', `/activity/stats?days=${days}`, { signal }),
    staleTime: 60_000,
  });
