import type { CallToolResult, ToolAnnotations } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { DemoState } from './state.js';

/** What every tool works on: one memory, one clock. */
export interface Demo {
  state: DemoState;
  now: () => Date;
}

export function createDemo(now: () => Date = () => new Date()): Demo {
  return { state: new DemoState(now), now };
}

export const READS: ToolAnnotations = { readOnlyHint: true, openWorldHint: false };
export const WRITES: ToolAnnotations = {
  readOnlyHint: false,
  destructiveHint: false,
  idempotentHint: false,
  openWorldHint: false,
};

/** Optional argument of every tool that writes. */
export const Tag = z.string().max(200).optional().describe('Counts this call under a tag, see count_effects');

/** Words for a person, and the same data for programs; old clients read the JSON from the second text block. */
export function answer(text: string, structured?: Record<string, unknown>): CallToolResult {
  if (structured === undefined) return { content: [{ type: 'text', text }] };
  return {
    content: [
      { type: 'text', text },
      { type: 'text', text: JSON.stringify(structured) },
    ],
    structuredContent: structured,
  };
}

export const failure = (text: string): CallToolResult => ({ content: [{ type: 'text', text }], isError: true });

export const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;
