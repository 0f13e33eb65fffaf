import { pick, seededRandom } from './random.js';
import { type COUNTRIES, DAYS_KEPT, type PLANS, SOURCES, type Signup, type Traffic } from './vocabulary.js';

const SEED = 'switchyard-demo';
const DAY_MS = 86_400_000;

const PLAN_WEIGHTS = { free: 60, starter: 22, pro: 14, enterprise: 4 } satisfies Record<(typeof PLANS)[number], number>;
const COUNTRY_WEIGHTS = { US: 32, DE: 18, GB: 14, FR: 11, IN: 11, BR: 8, JP: 6 } satisfies Record<
  (typeof COUNTRIES)[number],
  number
>;
/** Visits a day, and how many of a hundred visitors sign up. */
const SOURCE_HABITS = {
  search: { visits: 130, conversion: 4 },
  social: { visits: 80, conversion: 2 },
  referral: { visits: 45, conversion: 6 },
  newsletter: { visits: 25, conversion: 9 },
  direct: { visits: 60, conversion: 3 },
} satisfies Record<(typeof SOURCES)[number], { visits: number; conversion: number }>;

export interface Period {
  /** Complete days, oldest first, `YYYY-MM-DD`. */
  dates: string[];
  from: string;
  to: string;
}

/** `days` complete days (UTC), the last of which ended `skip` days before today began. */
export function periodBefore(now: Date, days: number, skip = 0): Period {
  const midnight = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  const dates = Array.from({ length: days }, (_, index) => dateOf(midnight - (days - index + skip) * DAY_MS));
  return { dates, from: dates[0] ?? '', to: dates[dates.length - 1] ?? '' };
}

/** What happened on one day. The same day always gives the same answer, whenever it is asked. */
export function dayOf(date: string): { signups: Signup[]; visits: Record<(typeof SOURCES)[number], number> } {
  const random = seededRandom(`${SEED}:${date}`);
  const start = Date.parse(`${date}T00:00:00Z`);
  const weekend = [0, 6].includes(new Date(start).getUTCDay()) ? 0.6 : 1;
  const visits = {} as Record<(typeof SOURCES)[number], number>;
  const signups: Omit<Signup, 'id'>[] = [];
  for (const source of SOURCES) {
    const habit = SOURCE_HABITS[source];
    visits[source] = Math.round(habit.visits * weekend * (0.8 + random() * 0.4));
    const count = Math.round((visits[source] * habit.conversion * (0.7 + random() * 0.6)) / 100);
    for (let index = 0; index < count; index += 1) {
      signups.push({
        created_at: new Date(start + Math.floor(random() * DAY_MS)).toISOString(),
        plan: pick(PLAN_WEIGHTS, random),
        country: pick(COUNTRY_WEIGHTS, random),
        source,
      });
    }
  }
  signups.sort((a, b) => (a.created_at < b.created_at ? -1 : 1));
  const stamp = date.replaceAll('-', '');
  return { signups: signups.map((row, index) => ({ id: `su_${stamp}_${index + 1}`, ...row })), visits };
}

/** Signups of a period, newest first. */
export function signupsOf(period: Period): Signup[] {
  return period.dates.flatMap((date) => dayOf(date).signups).reverse();
}

export function trafficOf(period: Period): Traffic {
  const perDay = period.dates.map((date) => ({ date, visits: dayOf(date).visits }));
  const days = perDay.map(({ date, visits }) => ({ date, visits: sum(Object.values(visits)) }));
  const sources = SOURCES.map((source) => ({ source, visits: sum(perDay.map(({ visits }) => visits[source])) }));
  return { from: period.from, to: period.to, sources, days, total_visits: sum(days.map(({ visits }) => visits)) };
}

/** The whole data set as CSV, oldest first. */
export function datasetCsv(now: Date): string {
  const rows = signupsOf(periodBefore(now, DAYS_KEPT)).reverse();
  return ['id,created_at,plan,country,source', ...rows.map((row) => Object.values(row).join(','))].join('\n') + '\n';
}

const dateOf = (time: number): string => new Date(time).toISOString().slice(0, 10);
const sum = (numbers: number[]): number => numbers.reduce((total, value) => total + value, 0);
