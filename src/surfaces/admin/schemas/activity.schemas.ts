import { z } from 'zod';
import { ACTIVITY_ACTIONS, ACTIVITY_OUTCOMES } from '../../../core/activity/activity.js';
import type { ActivityEntry, ActivityStats } from '../../../core/activity/activity.js';
import type { PageRequest } from '../../../platform/page.js';
import { pageOf, paginate, PaginationQuery } from './pagination.js';

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const text = z.string().min(1).max(200);
const whole = (greatest: number, preset: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,3}$/, 'must be a whole number from 1')
    .transform(Number)
    .refine((value) => value <= greatest, `must be at most ${greatest}`)
    .default(preset);

export const ActivityLogsQuery = z
  .strictObject({
    ...PaginationQuery.in.shape,
    q: text.optional().meta({ description: 'In the names and the action; or a whole id or address.' }),
    action: z.enum(ACTIVITY_ACTIONS).optional(),
    actor: text.optional().meta({ description: 'The id of whoever did it.' }),
    outcome: z.enum(ACTIVITY_OUTCOMES).optional(),
    from: instant.optional().meta({ description: 'From then on.' }),
    to: instant.optional().meta({ description: 'Before then.' }),
  })
  .transform(({ page, page_size, q, actor, ...filter }) => ({
    filter: { ...filter, search: q, actorId: actor },
    page: { page, size: page_size },
  }));

export const ActivityStatsQuery = z.strictObject({
  days: whole(90, 7).meta({ description: '1 to 90; today is one of them.' }),
});
export const ActivityRecentQuery = z.strictObject({ limit: whole(100, 20).meta({ description: '1 to 100.' }) });

export const ActivityEntryView = z
  .object({
    id: z.string(),
    at: z.iso.datetime(),
    action: z.enum(ACTIVITY_ACTIONS),
    outcome: z.enum(ACTIVITY_OUTCOMES),
    actor: z.object({ id: z.string(), name: z.string() }).nullable().meta({ description: 'By the name of that time.' }),
    subject: z.object({ kind: z.string(), id: z.string(), name: z.string() }).nullable(),
    via: z.string().nullable(),
    ip: z.string().nullable(),
    user_agent: z.string().nullable(),
    request_id: z.string().nullable(),
    details: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({ id: 'Activity' });

export const ActivityLogsView = pageOf(ActivityEntryView).meta({ id: 'ActivityLogs' });
export const ActivityRecentView = z.object({ items: z.array(ActivityEntryView) }).meta({ id: 'RecentActivity' });

const day = z.object({ date: z.iso.date(), succeeded: z.int(), failed: z.int() });
export const ActivityStatsView = z
  .object({
    days: z.array(day).meta({ description: 'Lines of the activity, by day in UTC.' }),
    calls: z.array(day).meta({ description: 'Calls of tools.' }),
    actions: z.array(z.object({ action: z.enum(ACTIVITY_ACTIONS), count: z.int() })),
    actors: z.array(z.object({ id: z.string(), name: z.string(), count: z.int() })),
  })
  .meta({ id: 'ActivityStats' });

export const StreamTicketView = z
  .object({ ticket: z.string(), expires_in: z.int().meta({ description: 'Seconds.' }) })
  .meta({ id: 'ActivityStreamTicket' });

export const toActivityView = (entry: ActivityEntry): z.infer<typeof ActivityEntryView> => ({
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

export const toActivityLogsView = (
  page: PageRequest,
  found: { items: readonly ActivityEntry[]; total: number },
): z.infer<typeof ActivityLogsView> => paginate(page, found.items.map(toActivityView), found.total);

export const toActivityStatsView = (
  stats: ActivityStats & { calls: ActivityStats['days'] },
): z.infer<typeof ActivityStatsView> => ({
  days: stats.days.map(toDay),
  calls: stats.calls.map(toDay),
  actions: stats.actions.map(({ action, count }) => ({ action, count })),
  actors: stats.actors.map(({ id, name, count }) => ({ id, name, count })),
});

const toDay = ({ date, succeeded, failed }: z.infer<typeof day>) => ({ date, succeeded, failed });
