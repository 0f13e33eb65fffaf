import { z } from 'zod';
import { Day, PLANS, SOURCES, type Signup, type Traffic } from './vocabulary.js';

const percent = z.number().nullable();

export const Summary = z.object({
  from: Day,
  to: Day,
  totals: z.object({
    signups: z.int(),
    visits: z.int(),
    conversion_rate: percent.describe('Signups per hundred visits; null without visits'),
  }),
  per_day: z.array(z.object({ date: Day, signups: z.int(), visits: z.int() })),
  per_source: z.array(z.object({ source: z.string(), signups: z.int(), visits: z.int(), conversion_rate: percent })),
  per_plan: z.array(
    z.object({ plan: z.string(), signups: z.int(), share: z.number().describe('Of a hundred signups') }),
  ),
  growth: z
    .object({ compared_with: z.string(), previous: z.int(), current: z.int(), change_percent: percent })
    .nullable()
    .describe('Against the period before; null where nothing is known of it'),
  highlights: z.array(z.string()).describe('The findings in words'),
});
export type Summary = z.infer<typeof Summary>;

/** Joins signups and visits of one period. Rates are per hundred, rounded to one decimal. */
export function analyze(signups: Signup[], traffic: Traffic, previousTotal?: number): Summary {
  const perDay = traffic.days.map(({ date, visits }) => ({
    date,
    signups: signups.filter((row) => row.created_at.startsWith(date)).length,
    visits,
  }));
  const visitsOf = new Map(traffic.sources.map(({ source, visits }) => [source, visits]));
  const perSource = SOURCES.map((source) => {
    const count = signups.filter((row) => row.source === source).length;
    const visits = visitsOf.get(source) ?? 0;
    return { source, signups: count, visits, conversion_rate: rate(count, visits) };
  });
  const perPlan = PLANS.map((plan) => {
    const count = signups.filter((row) => row.plan === plan).length;
    return { plan, signups: count, share: rate(count, signups.length) ?? 0 };
  });
  const totals = {
    signups: signups.length,
    visits: traffic.total_visits,
    conversion_rate: rate(signups.length, traffic.total_visits),
  };
  const found = {
    from: traffic.from,
    to: traffic.to,
    totals,
    per_day: perDay,
    per_source: perSource,
    per_plan: perPlan,
  };
  const growth = growthOf(perDay, previousTotal);
  return { ...found, growth, highlights: highlightsOf({ ...found, growth }) };
}

function growthOf(perDay: Summary['per_day'], previousTotal: number | undefined): Summary['growth'] {
  const count = (days: Summary['per_day']) => days.reduce((total, day) => total + day.signups, 0);
  if (previousTotal !== undefined) {
    return compared(`the ${perDay.length} days before`, previousTotal, count(perDay));
  }
  if (perDay.length < 14) return null;
  return compared('the 7 days before', count(perDay.slice(-14, -7)), count(perDay.slice(-7)));
}

function compared(with_: string, previous: number, current: number): Summary['growth'] {
  return { compared_with: with_, previous, current, change_percent: rate(current - previous, previous) };
}

function highlightsOf(summary: Omit<Summary, 'highlights'>): string[] {
  const { totals, per_day, per_source, per_plan, growth } = summary;
  const days = `${per_day.length} ${per_day.length === 1 ? 'day' : 'days'}`;
  const lines = [
    `${totals.signups} signups from ${totals.visits} visits in ${days}: ${asPercent(totals.conversion_rate)}.`,
  ];
  if (totals.signups === 0) return lines;
  const bestDay = largest(per_day, (day) => day.signups);
  const bestSource = largest(per_source, (source) => source.conversion_rate ?? -1);
  const bestPlan = largest(per_plan, (plan) => plan.signups);
  if (bestDay) lines.push(`Best day: ${bestDay.date} with ${bestDay.signups} signups.`);
  if (bestSource)
    lines.push(`Best source: ${bestSource.source}, ${asPercent(bestSource.conversion_rate)} of its visits.`);
  if (bestPlan) lines.push(`Most chosen plan: ${bestPlan.plan}, ${asPercent(bestPlan.share)} of signups.`);
  if (growth?.change_percent != null) {
    const sign = growth.change_percent > 0 ? '+' : '';
    lines.push(
      `Growth: ${sign}${growth.change_percent}% against ${growth.compared_with} (${growth.previous} to ${growth.current}).`,
    );
  }
  return lines;
}

/** `12.3%`, or a dash for what is not known. */
export const asPercent = (value: number | null): string => (value === null ? '–' : `${value}%`);

const rate = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((part / whole) * 1000) / 10;

/** The first of the largest. */
function largest<T>(items: T[], by: (item: T) => number): T | undefined {
  return items.reduce<T | undefined>(
    (best, item) => (best === undefined || by(item) > by(best) ? item : best),
    undefined,
  );
}
