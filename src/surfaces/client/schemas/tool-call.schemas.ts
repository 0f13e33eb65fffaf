import { z } from 'zod';
import { faultOf } from '../../../core/execution/execution.errors.js';
import type { ListedResources } from '../../../core/execution/resource.js';
import type { ReadResource } from '../../../core/execution/resource-reads.service.js';
import type { CallAnswer, FinishedCall, JudgedCall } from '../../../core/execution/tool-call.js';
import { MAX_TIMEOUT_SECONDS } from '../../../core/registry/server.js';
import { downloadPath } from './session-views.js';

export const ToolCallCreate = z
  .strictObject({
    arguments: z
      .record(z.string(), z.unknown())
      .default({})
      .meta({ description: "As the tool's input schema has them." }),
    timeout: z
      .number()
      .min(1)
      .max(MAX_TIMEOUT_SECONDS)
      .optional()
      .meta({ description: 'Seconds; absent: the timeout of the server.' }),
    dry_run: z.boolean().default(false).meta({ description: 'Say what would happen, and send nothing.' }),
  })
  .meta({ id: 'ToolCallCreate' });

export const ResourceRead = z.strictObject({ uri: z.string().min(1).max(8_192) }).meta({ id: 'ResourceRead' });

const fault = z.object({ code: z.string(), message: z.string() });
const file = z.object({
  id: z.string(),
  name: z.string(),
  url: z.string(),
  content_type: z.string(),
  size: z.int(),
  sha256: z.string(),
});
const output = z.object({
  content: z.array(z.unknown()),
  structured_content: z.unknown().optional(),
  is_error: z.boolean(),
});

export const ToolCallView = z
  .object({
    status: z.enum(['succeeded', 'failed', 'timed_out', 'cancelled', 'lost']).meta({
      description: '`lost`: it was sent and its answer never came, so it may have had its effect.',
    }),
    result: output.nullable(),
    error: fault.nullable(),
    preview: z.string().meta({ description: 'The first lines of what it said.' }),
    artifacts: z.array(file),
    duration_ms: z.number(),
    request_id: z.string(),
    log_id: z.string(),
    rule: z.string().nullable().meta({ description: 'By which it ran without asking anybody.' }),
    asked: z.string().nullable().meta({ description: 'What the tool asked of a person; only a session can answer.' }),
  })
  .meta({ id: 'ToolCall' });

export const ToolCallWaitingView = z
  .object({
    status: z.literal('approval_required'),
    approval_id: z.string(),
    url: z.string(),
    expires_at: z.iso.datetime(),
    log_id: z.string(),
  })
  .meta({ id: 'ToolCallWaiting' });

export const ToolCallJudgedView = z
  .object({
    status: z.literal('dry_run'),
    would: z.enum(['run', 'ask', 'refuse']),
    rule: z.string().nullable(),
    reason: z.string().nullable(),
    issues: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })),
  })
  .meta({ id: 'ToolCallJudged' });

const resource = {
  name: z.string(),
  title: z.string(),
  description: z.string(),
  mime_type: z.string().nullable(),
};
export const ResourceListView = z
  .object({
    resources: z.array(z.object({ uri: z.string(), ...resource })),
    templates: z.array(z.object({ uri_template: z.string(), ...resource })),
  })
  .meta({ id: 'ResourceList' });

/** The status and body of a call. */
export function toToolCallAnswer(answer: CallAnswer | JudgedCall, requestId: string) {
  switch (answer.status) {
    case 'finished':
      return { status: 200, body: toToolCallView(answer, requestId) };
    case 'dry_run':
      return { status: 200, body: toJudgedView(answer) };
    case 'approval_required': {
      const { approvalId, url, expiresAt, logId } = answer;
      const waiting = { approval_id: approvalId, url, expires_at: expiresAt.toISOString(), log_id: logId };
      return { status: 202, body: { status: 'approval_required' as const, ...waiting } };
    }
    default:
      return answer satisfies never;
  }
}

/** Also of a held call, when it has been made. */
export function toToolCallView(
  { outcome, durationMs, logId, rule, asked }: FinishedCall,
  requestId: string,
): z.infer<typeof ToolCallView> {
  const answered = 'output' in outcome ? outcome : undefined;
  const failed = outcome.status === 'succeeded' ? undefined : faultOf(outcome);
  return {
    status: outcome.status,
    result: answered
      ? {
          content: answered.output.content,
          ...(answered.output.structuredContent !== undefined && {
            structured_content: answered.output.structuredContent,
          }),
          is_error: outcome.status === 'failed',
        }
      : null,
    error: failed ? { code: failed.code, message: failed.message } : null,
    preview: answered?.preview ?? '',
    artifacts: (answered?.artifacts ?? []).map(({ id, name, contentType, size, sha256 }) => ({
      id,
      name,
      url: downloadPath(id),
      content_type: contentType,
      size,
      sha256,
    })),
    duration_ms: Math.round(durationMs),
    request_id: requestId,
    log_id: logId,
    rule,
    asked,
  };
}

const toJudgedView = ({ would, reason, issues }: JudgedCall): z.infer<typeof ToolCallJudgedView> => ({
  status: 'dry_run',
  would,
  rule: would === 'run' ? reason : null,
  reason: would === 'run' ? null : reason,
  issues: issues.map(({ path, code, message }) => ({ path, code, message })),
});

export const toResourceListView = ({ resources, templates }: ListedResources): z.infer<typeof ResourceListView> => ({
  resources: resources.map(({ mimeType, ...one }) => ({ ...one, mime_type: mimeType })),
  templates: templates.map(({ mimeType, uriTemplate, ...one }) => ({
    ...one,
    uri_template: uriTemplate,
    mime_type: mimeType,
  })),
});

export const toResourceReadView = (
  { contents, durationMs, logId }: ReadResource,
  requestId: string,
): z.infer<typeof ToolCallView> => ({
  status: 'succeeded',
  result: {
    content: contents.map(({ uri, mimeType, text, blob }) => ({
      type: 'resource',
      resource: { uri, mimeType, ...(text !== undefined && { text }), ...(blob !== undefined && { blob }) },
    })),
    is_error: false,
  },
  error: null,
  preview: contents.find(({ text }) => text !== undefined)?.text?.slice(0, 2_000) ?? '',
  artifacts: [],
  duration_ms: Math.round(durationMs),
  request_id: requestId,
  log_id: logId,
  rule: 'resources are read without asking',
  asked: null,
});
