import { z } from 'zod';

export const PLANS = ['free', 'starter', 'pro', 'enterprise'] as const;
export const SOURCES = ['search', 'social', 'referral', 'newsletter', 'direct'] as const;
export const COUNTRIES = ['US', 'DE', 'GB', 'FR', 'IN', 'BR', 'JP'] as const;

/** The data set ends with yesterday and reaches this many days back. */
export const DAYS_KEPT = 60;
/** The most that a tool looks back, so that the period before it is there to compare with. */
export const DAYS_SHOWN = 30;

export const Day = z.iso.date().describe('A day, YYYY-MM-DD (UTC)');

export const Signup = z.object({
  id: z.string().describe('Identifier of the signup'),
  created_at: z.iso.datetime().describe('When the person signed up (UTC)'),
  plan: z.enum(PLANS).describe('Plan chosen'),
  country: z.enum(COUNTRIES).describe('Country, ISO 3166-1 alpha-2'),
  source: z.enum(SOURCES).describe('Where the visit came from'),
});
export type Signup = z.infer<typeof Signup>;

export const Traffic = z.object({
  from: Day,
  to: Day,
  sources: z.array(z.object({ source: z.enum(SOURCES), visits: z.int().min(0) })).describe('Visits per source'),
  days: z.array(z.object({ date: Day, visits: z.int().min(0) })).describe('Visits per day, oldest first'),
  total_visits: z.int().min(0).describe('All visits of the period'),
});
export type Traffic = z.infer<typeof Traffic>;
