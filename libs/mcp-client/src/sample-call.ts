import type { ToolCall, ToolDefinition, ToolResult } from './call.js';
import { isObject } from './raw-result.js';

const ECHO_LIKE = /echo|ping|hello|greet|say/i;
const SAMPLE_WORD = 'ping';
const MAX_SHOWN = 60;

/** A call that can do no harm: a read-only tool that echoes one word, else one that needs no arguments. */
export function chooseSampleCall(tools: readonly ToolDefinition[]): ToolCall | undefined {
  const readOnly = tools.filter(({ annotations }) => isObject(annotations) && annotations.readOnlyHint === true);
  const calls = readOnly.flatMap((tool) => harmlessCall(tool) ?? []);
  return calls.find((call) => Object.keys(call.arguments).length > 0) ?? calls[0];
}

/** `echo {"text":"ping"} → "ping"` */
export function describeSample({ name, arguments: args }: ToolCall, { content }: ToolResult): string {
  const text = content.find(({ type }) => type === 'text')?.text;
  const answer =
    typeof text === 'string' ? JSON.stringify(text.slice(0, MAX_SHOWN)) : `${content.length} content parts`;
  return `${name} ${JSON.stringify(args)} → ${answer}`;
}

function harmlessCall({
  name,
  inputSchema,
}: ToolDefinition): (ToolCall & { arguments: Record<string, string> }) | undefined {
  const required: unknown[] = Array.isArray(inputSchema.required) ? inputSchema.required : [];
  if (required.length === 0) return { name, arguments: {}, inputSchema };
  const properties = isObject(inputSchema.properties) ? inputSchema.properties : {};
  const [only] = required;
  if (required.length > 1 || typeof only !== 'string' || !ECHO_LIKE.test(name)) return undefined;
  const property = properties[only];
  const isFreeText =
    isObject(property) && property.type === 'string' && !('enum' in property) && !('format' in property);
  return isFreeText ? { name, arguments: { [only]: SAMPLE_WORD }, inputSchema } : undefined;
}
