import { z } from 'zod';
import { callFailed } from '../../../core/execution/execution.errors.js';
import type { ResourceContent } from '../../../core/execution/resource.js';
import type { ReadResource } from '../../../core/execution/resource-reads.service.js';
import type { CallAnswer, JudgedCall } from '../../../core/execution/tool-call.js';
import type { ToolOutput } from '../../../core/execution/tool-outcome.js';
import { valueOf } from '../../../core/execution/tool-value.js';
import { succeed } from './envelope.js';
import { MAX_NAME, toExecutionAnswer } from './execution.schemas.js';

export const ResourceExecution = z
  .strictObject({
    serviceId: z.string().max(MAX_NAME).meta({ example: 'svc_123456' }),
    resourceName: z.string().min(1).max(8_192).meta({ example: 'read_file' }),
    parameters: z.record(z.string(), z.unknown()).default({}),
  })
  .meta({ id: 'ResourceExecution' });

export const ResourceView = z
  .object({
    success: z.literal(true),
    data: z.object({
      result: z.unknown().meta({
        description:
          'Of one part: `{content, mimeType, size}`, with `encoding: "base64"` where it is bytes; of several `{contents: [{uri, …}]}`. Of a tool its text in the same form, or its structured content.',
      }),
      executionTime: z.number().meta({ description: 'Seconds.' }),
    }),
    meta: z.object({ requestId: z.string(), logId: z.string() }),
  })
  .meta({ id: 'Resource' });

/** The status and body of a read. @throws callFailed */
export function toResourceAnswer(answer: ReadResource | CallAnswer | JudgedCall, requestId: string) {
  if ('contents' in answer) return { status: 200, body: toResourceView(toResult(answer.contents), answer, requestId) };
  if (answer.status !== 'finished') return toExecutionAnswer(answer, requestId);
  if (answer.outcome.status !== 'succeeded') throw callFailed(answer);
  return { status: 200, body: toResourceView(toToolResult(answer.outcome.output), answer, requestId) };
}

const toResourceView = (
  result: unknown,
  { durationMs, logId }: { durationMs: number; logId: string },
  requestId: string,
): z.infer<typeof ResourceView> =>
  succeed({ result, executionTime: Math.round(durationMs) / 1_000 }, { requestId, logId });

function toResult(contents: readonly ResourceContent[]): unknown {
  const [only, ...others] = contents;
  if (only && others.length === 0) return toPart(only);
  return { contents: contents.map((content) => ({ uri: content.uri, ...toPart(content) })) };
}

const toPart = ({ text, blob, mimeType, size }: ResourceContent) =>
  text === undefined
    ? { content: blob ?? '', mimeType, size, encoding: 'base64' as const }
    : { content: text, mimeType, size };

function toToolResult(output: ToolOutput): unknown {
  const [only, ...others] = output.content as { type?: unknown; text?: unknown }[];
  const isText = only?.type === 'text' && typeof only.text === 'string' && others.length === 0;
  if (!isText || output.structuredContent !== undefined) return valueOf(output);
  return { content: only.text, mimeType: 'text/plain', size: Buffer.byteLength(String(only.text)) };
}
