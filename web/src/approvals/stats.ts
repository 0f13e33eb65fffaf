import { isRecord } from '@app/session-protocol/client';

export interface DecisionStats {
  decided: number;
  approved: number;
  denied: number;
  expired: number;
  medianMs: number | undefined;
}

const count = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : 0);

/** Sums over days, or totals where they are given. */
export function readStats(stats: Record<string, unknown>): DecisionStats {
  const days = Array.isArray(stats.days) ? stats.days.filter(isRecord) : [];
  const totals = isRecord(stats.totals) ? stats.totals : undefined;
  const sum = (name: string) =>
    totals !== undefined ? count(totals[name]) : days.reduce((all, day) => all + count(day[name]), 0);
  const [approved, denied, expired] = [sum('approved'), sum('denied'), sum('expired')];
  const seconds = stats.median_seconds;
  const median = stats.median_ms ?? (typeof seconds === 'number' ? seconds * 1_000 : undefined);
  return {
    approved,
    denied,
    expired,
    decided: approved + denied,
    medianMs: typeof median === 'number' ? median : undefined,
  };
}
