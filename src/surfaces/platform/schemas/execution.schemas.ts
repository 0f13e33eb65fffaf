import { z } from 'zod';
import { callFailed } from '../../../core/execution/execution.errors.js';
import type { CallAnswer, FinishedCall, JudgedCall, WaitingCall } from '../../../core/execution/tool-call.js';
import { valueOf } from '../../../core/execution/tool-value.js';
import { MAX_TIMEOUT_SECONDS } from '../../../core/registry/server.js';
import { succeed } from './envelope.js';

export const MAX_NAME = 256;

export const ToolExecution = z
  .strictObject({
    serviceId: z.string().max(MAX_NAME).meta({
      description: 'A service that is configured (`svc_…`), or one of your servers (`mcp_…`).',
      example: 'svc_123456',
    }),
    toolName: z.string().min(1).max(MAX_NAME).meta({ example: 'search_code' }),
    parameters: z
      .record(z.string(), z.unknown())
      .default({})
      .meta({ description: "As the tool's input schema has them." }),
    timeout: z
      .number()
      .min(1)
      .max(MAX_TIMEOUT_SECONDS)
      .optional()
      .meta({ description: 'Seconds; absent: the timeout of the server.' }),
  })
  .meta({ id: 'ToolExecution' });

const file = z.object({
  id: z.string(),
  name: z.string(),
  contentType: z.string(),
  size: z.int(),
  url: z.string().meta({ description: 'Downloads it, with the same credential.' }),
});

export const ExecutionView = z
  .object({
    success: z.literal(true),
    data: z.object({
      result: z.unknown().meta({
        description:
          'The structured content of the result; else its text, read as JSON where it is JSON; else `{content: […]}` with all its parts.',
      }),
      executionTime: z.number().meta({ description: 'Seconds.' }),
      artifacts: z.array(file).optional().meta({ description: 'Files that the tool made; absent: none.' }),
    }),
    meta: z.object({
      requestId: z.string(),
      logId: z.string().meta({ description: 'Its line in the request log.' }),
    }),
  })
  .meta({ id: 'Execution' });

export const ApprovalRequiredView = z
  .object({
    success: z.literal(true),
    data: z.object({
      status: z.literal('approval_required'),
      approvalId: z.string(),
      url: z.string().meta({ description: 'Where a person decides.' }),
      expiresAt: z.iso.datetime(),
    }),
    meta: z.object({ requestId: z.string(), logId: z.string() }),
  })
  .meta({ id: 'ApprovalRequired' });

/** The status and body of a call. @throws callFailed */
export function toExecutionAnswer(answer: CallAnswer | JudgedCall, requestId: string) {
  if (answer.status === 'dry_run') throw new Error('This door asks for no dry runs.');
  if (answer.status === 'approval_required') return { status: 202, body: toApprovalRequiredView(answer, requestId) };
  return { status: 200, body: toExecutionView(answer, requestId) };
}

const toApprovalRequiredView = (
  { approvalId, url, expiresAt, logId }: WaitingCall,
  requestId: string,
): z.infer<typeof ApprovalRequiredView> =>
  succeed(
    { status: 'approval_required' as const, approvalId, url, expiresAt: expiresAt.toISOString() },
    { requestId, logId },
  );

function toExecutionView(finished: FinishedCall, requestId: string): z.infer<typeof ExecutionView> {
  const { outcome, durationMs, logId } = finished;
  if (outcome.status !== 'succeeded') throw callFailed(finished);
  const artifacts = outcome.artifacts.map(({ id, name, contentType, size }) => ({
    id,
    name,
    contentType,
    size,
    url: `/api/artifacts/download/${id}`,
  }));
  return succeed(
    {
      result: valueOf(outcome.output),
      executionTime: Math.round(durationMs) / 1_000,
      ...(artifacts.length > 0 && { artifacts }),
    },
    { requestId, logId },
  );
}
