import { diffAnnotations } from './annotations.js';
import { type Change, toDiff, type ToolDiff } from './changes.js';
import { stableJson } from './json.js';
import { newSignals } from './prose.js';
import { diffSchemas } from './schemas.js';
import { diffText, showValue } from './texts.js';

/** A tool as its server describes it (MCP, `Tool`). */
export interface DescribedTool {
  name: string;
  title?: string | undefined;
  description?: string | undefined;
  inputSchema: Record<string, unknown>;
  outputSchema?: Record<string, unknown> | undefined;
  annotations?: Record<string, unknown> | undefined;
}

/**
 * What the change of a definition means, for who decides whether to trust it.
 * @param otherTools names of the server's other tools: a description that names one may steer a model to it
 */
export function diffTools(before: DescribedTool, after: DescribedTool, otherTools: readonly string[] = []): ToolDiff {
  const found: Change[] = [
    ...diffNames(before, after),
    ...diffText('/title', 'title', before.title, after.title, otherTools),
    ...diffText('/description', 'description', before.description, after.description, otherTools),
    ...diffSchemas('/inputSchema', before.inputSchema, after.inputSchema, 'input', otherTools),
    ...diffOutputs(before.outputSchema, after.outputSchema, otherTools),
    ...diffAnnotations(before.annotations, after.annotations, otherTools),
  ];
  if (found.length > 0 || stableJson(before) === stableJson(after)) return toDiff(found);
  return toDiff([
    {
      kind: 'other_changed',
      path: '',
      severity: 'notable',
      message: 'A part of the definition changed that means nothing here.',
    },
  ]);
}

function diffNames({ name: before }: DescribedTool, { name: after }: DescribedTool): Change[] {
  if (before === after) return [];
  const message = `It was called ${showValue(before)} before.`;
  return [
    {
      kind: 'renamed',
      path: '/name',
      severity: 'notable',
      message,
      before: showValue(before),
      after: showValue(after),
    },
    ...newSignals('/name', before, after, []),
  ];
}

function diffOutputs(before: unknown, after: unknown, otherTools: readonly string[]): Change[] {
  const path = '/outputSchema';
  if (before !== undefined && after !== undefined) return diffSchemas(path, before, after, 'output', otherTools);
  if (before !== undefined) {
    return [{ kind: 'output_removed', path, severity: 'breaking', message: 'It does not say any more what it gives.' }];
  }
  if (after === undefined) return [];
  const texts = diffSchemas(path, {}, after, 'output', otherTools).filter(({ severity }) => severity === 'risky');
  return [{ kind: 'output_added', path, severity: 'notable', message: 'It says now what it gives.' }, ...texts];
}
