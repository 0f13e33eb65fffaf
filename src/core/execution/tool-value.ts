import type { ToolOutput } from './tool-outcome.js';

/** What a program wants of a result: its structured content; else its one text, as JSON where it is JSON; else all parts. */
export function valueOf({ content, structuredContent }: ToolOutput): unknown {
  if (structuredContent !== undefined) return structuredContent;
  const [only, ...others] = content as { type?: unknown; text?: unknown }[];
  if (only?.type !== 'text' || typeof only.text !== 'string' || others.length > 0) return { content };
  return objectOrListIn(only.text) ?? { content };
}

/** The same of what the request log kept of a result, which may be anything. */
export const keptValueOf = (kept: unknown): unknown =>
  Array.isArray((kept as { content?: unknown } | null)?.content) ? valueOf(kept as ToolOutput) : kept;

function objectOrListIn(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
