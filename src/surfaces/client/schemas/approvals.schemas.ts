import { ArgumentPattern, REMEMBER_LIMITS } from '@app/session-protocol';
import { z } from 'zod';
import { APPROVAL_KINDS, APPROVAL_STATUSES, DOORS } from '../../../core/approvals/approval-request.js';
import { faultOf } from '../../../core/execution/execution.errors.js';
import { type HeldAnswer, type HeldCallView, RULE_OF_HELD } from '../../../core/execution/held-call.js';
import type { InboxDetail } from '../../../core/inbox/inbox.service.js';
import { byDay, type InboxStatistics } from '../../../core/inbox/inbox-statistics.js';
import { INBOX_PARTS, type InboxCounts, type InboxItem } from '../../../core/inbox/inbox-item.js';
import { toApprovalInfo } from '../../../core/inbox/inbox-views.js';
import { MAX_WAIT_SECONDS } from '../../../core/inbox/inbox-waits.service.js';
import type { Page } from '../../../platform/page.js';
import { idSchema } from '../../../platform/ids.js';
import { page, PAGE_SIZE, toNext } from './page.schemas.js';

export const ApprovalsQuery = z
  .strictObject({
    page,
    status: z.enum(INBOX_PARTS).default('pending').meta({ description: 'What waits, or what came to its end.' }),
    kind: z.enum(APPROVAL_KINDS).optional(),
    server_id: idSchema('mcp').optional(),
  })
  .transform(({ page: number, status, kind, server_id }) => ({
    filter: { part: status, kind, serverId: server_id },
    page: { page: number, size: PAGE_SIZE },
  }));

const wholeSeconds = z
  .string()
  .regex(/^\d{1,3}$/, 'must be a number of seconds')
  .transform(Number)
  .refine((seconds) => seconds <= MAX_WAIT_SECONDS, `must be at most ${MAX_WAIT_SECONDS}`);

export const WaitQuery = z
  .strictObject({
    wait: wholeSeconds.optional().meta({ description: 'Seconds to wait until it has come to its end.' }),
  })
  .transform(({ wait = 0 }) => ({ waitMs: wait * 1_000 }));

export const StatisticsQuery = z.strictObject({
  days: z
    .string()
    .regex(/^[1-9]\d{0,2}$/)
    .transform(Number)
    .refine((days) => days <= 366, 'must be at most 366')
    .default(30),
});

const Scope = z.union([
  z.strictObject({ type: z.literal('once') }),
  z.strictObject({ type: z.enum(['session', 'tool']), ...REMEMBER_LIMITS }),
  z.strictObject({ type: z.literal('matching'), match: ArgumentPattern, ...REMEMBER_LIMITS }),
]);

export const reason = z.string().max(2_000).optional();

export const ApprovalDecision = z
  .strictObject({
    decision: z.enum(['approve', 'deny']),
    reason,
    arguments: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'Instead of those that were asked for: these are what runs.' }),
    scope: Scope.optional().meta({ description: 'What need not be asked again; absent: nothing.' }),
    decision_id: z.string().min(1).max(128).optional().meta({ description: 'Sent again, it is the same decision.' }),
  })
  .transform(({ decision, reason: why, arguments: args, scope, decision_id }) => ({
    decision,
    reason: why,
    arguments: args,
    decisionId: decision_id,
    scope:
      scope === undefined || scope.type === 'once'
        ? undefined
        : {
            type: scope.type,
            match: 'match' in scope ? scope.match : undefined,
            maxUses: scope.max_uses,
            expiresIn: scope.expires_in,
          },
  }));

const Person = z.object({ user_id: z.string().nullable(), username: z.string() });

export const ApprovalView = z
  .object({
    id: z.string(),
    kind: z.enum(APPROVAL_KINDS),
    status: z.enum(APPROVAL_STATUSES),
    title: z.string(),
    server: z.object({ id: z.string(), name: z.string() }),
    tool: z.string(),
    pin: z.string(),
    risk: z
      .object({ read_only: z.boolean(), destructive: z.boolean(), idempotent: z.boolean(), open_world: z.boolean() })
      .nullable(),
    arguments: z.record(z.string(), z.unknown()).nullable(),
    why: z.string(),
    requested_by: Person.nullable(),
    via: z
      .string()
      .nullable()
      .meta({ description: '`api_key`, `oauth`: a program of theirs; `access_token`, `cookie`: they were signed in.' }),
    via_name: z.string().nullable().meta({
      description: 'What the key was called, or the client calls itself, which nobody has checked. For people only.',
    }),
    door: z.enum(DOORS).nullable(),
    session_id: z.string().nullable(),
    plan_id: z.string().nullable(),
    node_id: z.string().nullable(),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime().nullable(),
    decided_at: z.iso.datetime().nullable(),
    decided_by: Person.nullable().meta({ description: 'Null where a rule, the time or a change decided.' }),
    decision_reason: z.string().nullable(),
    can_decide: z.boolean(),
  })
  .meta({ id: 'Approval' });

export const ApprovalCountsView = z
  .object({ pending: z.int(), calls: z.int(), nodes: z.int(), tools: z.int() })
  .meta({ id: 'ApprovalCounts' });

export const ApprovalListView = z
  .object({ approvals: z.array(ApprovalView), counts: ApprovalCountsView, next: z.string().optional() })
  .meta({ id: 'ApprovalList' });

export const toCountsView = ({ pending, calls, nodes, tools }: InboxCounts): z.infer<typeof ApprovalCountsView> => ({
  pending,
  calls,
  nodes,
  tools,
});

export const toApprovalListView = (found: Page<InboxItem>, counts: InboxCounts): z.infer<typeof ApprovalListView> => ({
  approvals: found.items.map(toApprovalInfo),
  counts: toCountsView(counts),
  ...toNext(found),
});

const CallStatus = z.enum(['succeeded', 'failed', 'timed_out', 'cancelled', 'lost']);

const CallAnswer = z.object({
  status: CallStatus,
  result: z
    .object({ content: z.array(z.unknown()), structured_content: z.unknown().optional(), is_error: z.boolean() })
    .nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  preview: z.string().nullable(),
  artifacts: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      url: z.string(),
      content_type: z.string(),
      size: z.int(),
      sha256: z.string(),
    }),
  ),
  duration_ms: z.int(),
  request_id: z.string().nullable(),
  log_id: z.string(),
  rule: z.string().nullable(),
});

export const ApprovalDetailView = ApprovalView.extend({
  definition: z
    .unknown()
    .meta({ description: 'What is asked about, as the server gave it; null when it is not kept any more.' }),
  diff: z.unknown().meta({ description: 'What changed since the definition that was approved last; else null.' }),
  call: z
    .object({
      status: z.enum(['held', 'queued', 'running', 'finished']),
      answer: CallAnswer.nullable().meta({ description: 'Once it is finished; kept for a day.' }),
    })
    .nullable()
    .meta({ description: 'Of a held call: how far it came.' }),
}).meta({ id: 'ApprovalDetail' });

export const toApprovalDetailView = ({
  call,
  definition,
  diff,
  ...item
}: InboxDetail): z.infer<typeof ApprovalDetailView> => ({
  ...toApprovalInfo(item),
  definition,
  diff,
  call: call && { status: call.state, answer: call.answer && toCallAnswer(call, call.answer) },
});

function toCallAnswer(
  { logId, requestId }: HeldCallView,
  { outcome, durationMs }: HeldAnswer,
): z.infer<typeof CallAnswer> {
  const answered = 'output' in outcome ? outcome : undefined;
  return {
    status: outcome.status === 'not_sent' ? 'failed' : outcome.status,
    result: answered
      ? {
          content: answered.output.content,
          structured_content: answered.output.structuredContent,
          is_error: outcome.status === 'failed',
        }
      : null,
    error: outcome.status === 'succeeded' ? null : toFault(outcome),
    preview: answered?.preview ?? null,
    artifacts: (answered?.artifacts ?? []).map(({ id, name, contentType, size, sha256 }) => ({
      id,
      name,
      url: `/api/artifacts/download/${id}`,
      content_type: contentType,
      size,
      sha256,
    })),
    duration_ms: Math.round(durationMs),
    request_id: requestId,
    log_id: logId,
    rule: RULE_OF_HELD,
  };
}

function toFault(outcome: Exclude<HeldAnswer['outcome'], { status: 'succeeded' }>): { code: string; message: string } {
  const { code, message } = faultOf(outcome);
  return { code, message };
}

const Day = z.object({
  date: z.iso.date(),
  approved: z.int(),
  denied: z.int(),
  expired: z.int(),
  withdrawn: z.int(),
  superseded: z.int(),
});

export const ApprovalStatisticsView = z
  .object({
    pending: z.int(),
    counts: ApprovalCountsView,
    oldest_pending_at: z.iso.datetime().nullable(),
    days: z.array(Day).meta({ description: 'Days (UTC) on which something ended.' }),
    median_decision_seconds: z.number().nullable().meta({ description: 'From the request to somebody’s decision.' }),
    servers: z.array(
      z.object({
        server: z.object({ id: z.string(), name: z.string() }),
        pending: z.int(),
        approved: z.int(),
        denied: z.int(),
      }),
    ),
  })
  .meta({ id: 'ApprovalStatistics' });

export const toStatisticsView = (found: InboxStatistics): z.infer<typeof ApprovalStatisticsView> => ({
  pending: found.counts.pending,
  counts: toCountsView(found.counts),
  oldest_pending_at: found.oldest?.toISOString() ?? null,
  days: byDay(found.ended),
  median_decision_seconds: found.medianSeconds === null ? null : Math.round(found.medianSeconds * 10) / 10,
  servers: found.servers.map(({ serverId, serverName, pending, approved, denied }) => ({
    server: { id: serverId, name: serverName },
    pending,
    approved,
    denied,
  })),
});
