import type { InboxCounts } from './inbox-item.js';

/** Of what one may see. */
export interface InboxStatistics {
  counts: InboxCounts;
  /** Since when the oldest of what waits does. */
  oldest: Date | null;
  /** How much ended so on a day (UTC), without days on which nothing did. */
  ended: { date: string; status: string; count: number }[];
  /** From the request to somebody's decision; null where nobody decided anything. */
  medianSeconds: number | null;
  servers: { serverId: string; serverName: string; pending: number; approved: number; denied: number }[];
}

export interface DayOfDecisions {
  date: string;
  approved: number;
  denied: number;
  expired: number;
  withdrawn: number;
  superseded: number;
}

/** A line for each day on which something ended, in order. */
export function byDay(ended: InboxStatistics['ended']): DayOfDecisions[] {
  const days = new Map<string, DayOfDecisions>();
  for (const { date, status, count } of ended) {
    const none = { date, approved: 0, denied: 0, expired: 0, withdrawn: 0, superseded: 0 };
    days.set(date, { ...(days.get(date) ?? none), [status]: count });
  }
  return [...days.values()];
}
