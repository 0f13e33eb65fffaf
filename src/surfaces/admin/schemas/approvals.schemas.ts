import { z } from 'zod';
import { byDay, type InboxStatistics } from '../../../core/inbox/inbox-statistics.js';
import { pageOf } from './pagination.js';

const Day = z.object({ date: z.iso.date(), approved: z.int(), denied: z.int(), expired: z.int() });

export const ApprovalStatisticsView = z
  .object({
    pending: z.int(),
    pending_tools: z.int(),
    pending_calls: z.int(),
    pending_tasks: z.int(),
    pending_modules: z.int(),
    pending_network: z.int(),
    approved: z.int().meta({ description: 'In the last 30 days.' }),
    rejected: z.int(),
    expired: z.int(),
    oldest_pending_at: z.iso.datetime().nullable(),
    median_decision_seconds: z.number().nullable(),
    days: z.array(Day),
  })
  .meta({ id: 'ApprovalStatistics' });

export function toApprovalStatisticsView(found: InboxStatistics): z.infer<typeof ApprovalStatisticsView> {
  const days = byDay(found.ended);
  const sum = (name: 'approved' | 'denied' | 'expired') => days.reduce((total, day) => total + day[name], 0);
  return {
    pending: found.counts.pending,
    pending_tools: found.counts.tools,
    pending_calls: found.counts.calls,
    pending_tasks: found.counts.nodes,
    pending_modules: 0,
    pending_network: 0,
    approved: sum('approved'),
    rejected: sum('denied'),
    expired: sum('expired'),
    oldest_pending_at: found.oldest?.toISOString() ?? null,
    median_decision_seconds: found.medianSeconds,
    days: days.map(({ date, approved, denied, expired }) => ({ date, approved, denied, expired })),
  };
}

export const HostedRequestListView = pageOf(z.object({ id: z.string() })).meta({ id: 'HostedRequestList' });

export const HostedRequestAction = z
  .strictObject({ action: z.enum(['approve', 'reject']), comment: z.string().max(500).optional() })
  .meta({ id: 'HostedRequestAction' });
