import { z } from 'zod';
import { ACTIVITY_ACTIONS, ACTIVITY_OUTCOMES } from '../../../core/activity/activity.js';
import type { ActivityEntry, ActivityStats } from '../../../core/activity/activity.js';
import type { Page } from '../../../platform/page.js';
import { page, PAGE_SIZE, toNext } from './page.schemas.js';

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

export const ActivityQuery = z
  .strictObject({
    page,
    action: z.enum(ACTIVITY_ACTIONS).optional(),
    actor: z.string().max(100).optional().meta({ description: 'The id of whoever did it.' }),
    from: instant.optional().meta({ description: 'From then on.' }),
    to: instant.optional().meta({ description: 'Before then.' }),
    q: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .meta({ description: 'In the names and the action; or a whole id or address.' }),
  })
  .transform(({ page: number, actor, q, ...filter }) => ({
    filter: { ...filter, actorId: actor, search: q },
    page: { page: number, size: PAGE_SIZE },
  }));

export const ActivityStatsQuery = z.strictObject({
  days: z
    .string()
    .regex(/^([1-9]|[1-8]\d|90)$/, 'must be a whole number from 1 to 90')
    .transform(Number)
    .default(7)
    .meta({ description: '1 to 90; today is one of them.' }),
});

const ActivityView = z
  .object({
    id: z.string(),
    at: z.iso.datetime(),
    action: z.enum(ACTIVITY_ACTIONS),
    outcome: z.enum(ACTIVITY_OUTCOMES),
    actor: z.object({ id: z.string(), name: z.string() }).nullable().meta({ description: 'By the name of that time.' }),
    subject: z.object({ kind: z.string(), id: z.string(), name: z.string() }).nullable(),
    via: z.string().nullable().meta({ description: 'How the caller proved who they are.', example: 'access_token' }),
    ip: z.string().nullable(),
    user_agent: z.string().nullable(),
    request_id: z.string().nullable(),
    details: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({ id: 'Activity' });

export const ActivityListView = z
  .object({ activity: z.array(ActivityView), next: z.string().optional() })
  .meta({ id: 'ActivityList' });

const day = z.object({ date: z.iso.date(), succeeded: z.int(), failed: z.int() });

export const ActivityStatsView = z
  .object({
    days: z.array(day).meta({ description: 'Lines of the activity, by day in UTC.' }),
    calls: z.array(day).meta({ description: 'Calls of tools.' }),
    actions: z.array(z.object({ action: z.enum(ACTIVITY_ACTIONS), count: z.int() })),
    actors: z.array(z.object({ id: z.string(), name: z.string(), count: z.int() })),
  })
  .meta({ id: 'ActivityStats' });

export const toActivityStatsView = (
  stats: ActivityStats & { calls: ActivityStats['days'] },
): z.infer<typeof ActivityStatsView> => ({
  days: stats.days.map(toDay),
  calls: stats.calls.map(toDay),
  actions: stats.actions.map(({ action, count }) => ({ action, count })),
  actors: stats.actors.map(({ id, name, count }) => ({ id, name, count })),
});

const toDay = ({ date, succeeded, failed }: z.infer<typeof day>) => ({ date, succeeded, failed });

export const toActivityListView = (found: Page<ActivityEntry>): z.infer<typeof ActivityListView> => ({
  activity: found.items.map(toActivityView),
  ...toNext(found),
});

export const toActivityView = (entry: ActivityEntry): z.infer<typeof ActivityView> => ({
  id: entry.id,
  at: entry.at.toISOString(),
  action: entry.action,
  outcome: entry.outcome,
  actor: entry.actor && { id: entry.actor.id, name: entry.actor.name },
  subject: entry.subject && { kind: entry.subject.kind, id: entry.subject.id, name: entry.subject.name },
  via: entry.via,
  ip: entry.ip,
  user_agent: entry.userAgent,
  request_id: entry.requestId,
  details: entry.details,
});
