import { z } from 'zod';
import { APPROVAL_STATUSES } from '../../../core/approvals/approval-request.js';
import { faultOf } from '../../../core/execution/execution.errors.js';
import type { HeldAnswer, HeldCallView } from '../../../core/execution/held-call.js';
import { MAX_WAIT_SECONDS } from '../../../core/execution/held-call-waits.service.js';
import { valueOf } from '../../../core/execution/tool-value.js';
import { envelope, NoMeta, succeed } from './envelope.js';

export const WaitQuery = z
  .strictObject({
    wait: z
      .string()
      .regex(/^\d{1,3}$/, 'must be a number of seconds')
      .transform(Number)
      .refine((seconds) => seconds <= MAX_WAIT_SECONDS, `must be at most ${MAX_WAIT_SECONDS}`)
      .default(0)
      .meta({ description: 'Seconds to wait for an end; 0 answers at once.' }),
  })
  .transform(({ wait }) => wait * 1_000);

const HeldExecution = z.object({
  status: z
    .enum(['queued', 'running', 'succeeded', 'failed', 'timed_out', 'cancelled', 'lost', 'not_sent'])
    .meta({ description: '`lost`: it was sent and its answer never came, so it may have had its effect.' }),
  result: z.unknown().optional(),
  executionTime: z.number().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});

export const ApprovalView = envelope(
  z.object({
    approval: z.object({
      id: z.string(),
      status: z.enum(APPROVAL_STATUSES),
      serviceId: z.string(),
      serviceName: z.string(),
      toolName: z.string(),
      url: z.string().meta({ description: 'Where a person decides.' }),
      createdAt: z.iso.datetime(),
      expiresAt: z.iso.datetime().nullable(),
      decidedAt: z.iso.datetime().nullable(),
      decidedBy: z.string().nullable(),
      reason: z.string().nullable(),
      logId: z.string(),
      execution: HeldExecution.nullable().meta({ description: 'Null until somebody approves. Kept for a day.' }),
    }),
  }),
  NoMeta,
).meta({ id: 'Approval' });

export const toApprovalView = (view: HeldCallView): z.infer<typeof ApprovalView> =>
  succeed(
    {
      approval: {
        id: view.approvalId,
        status: view.status,
        serviceId: view.serverId,
        serviceName: view.serverName,
        toolName: view.tool,
        url: view.url,
        createdAt: view.createdAt.toISOString(),
        expiresAt: view.expiresAt?.toISOString() ?? null,
        decidedAt: view.decidedAt?.toISOString() ?? null,
        decidedBy: view.decidedBy,
        reason: view.reason,
        logId: view.logId,
        execution: toHeldExecution(view),
      },
    },
    {},
  );

function toHeldExecution({ state, answer }: HeldCallView): z.infer<typeof HeldExecution> | null {
  if (state === 'held') return null;
  if (!answer) return { status: state === 'running' ? 'running' : 'queued' };
  return toAnswer(answer);
}

function toAnswer({ outcome, durationMs }: HeldAnswer): z.infer<typeof HeldExecution> {
  const executionTime = Math.round(durationMs) / 1_000;
  if (outcome.status === 'succeeded') return { status: 'succeeded', result: valueOf(outcome.output), executionTime };
  const { code, message } = faultOf(outcome);
  return { status: outcome.status, executionTime, error: { code, message } };
}
