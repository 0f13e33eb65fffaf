import { z } from 'zod';
import { ACTIVITY_ACTIONS, ACTIVITY_OUTCOMES, type ActivityEntry } from '../../../core/activity/activity.js';
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
  })
  .transform(({ page: number, actor, ...filter }) => ({
    filter: { ...filter, actorId: actor },
    page: { page: number, size: PAGE_SIZE },
  }));

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

export const toActivityListView = (found: Page<ActivityEntry>): z.infer<typeof ActivityListView> => ({
  activity: found.items.map(toActivityView),
  ...toNext(found),
});

const toActivityView = (entry: ActivityEntry): z.infer<typeof ActivityView> => ({
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
