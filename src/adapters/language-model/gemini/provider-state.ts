import { type Content, type Part } from '@google/genai';
import { z } from 'zod';
import { type CallRecord } from './proposed-nodes.js';

const ProviderState = z.object({
  provider: z.literal('gemini'),
  model: z.string(),
  contents: z
    .array(z.object({ role: z.enum(['model', 'user']), parts: z.array(z.record(z.string(), z.unknown())).min(1) }))
    .min(1),
  calls: z.array(z.object({ id: z.string().optional(), name: z.string(), keys: z.array(z.string()) })),
});

/** What one reply of ours looked like to Gemini, with its call ids and thought signatures. */
export interface GeminiState {
  provider: 'gemini';
  model: string;
  /** Ends with the model's last content; before it there may be an attempt and what was wrong with it. */
  contents: Content[];
  calls: CallRecord[];
}

/** @returns nothing when the state is missing, broken, another provider's, or another model's (signatures are its own) */
export function readState(value: unknown, model: string): GeminiState | undefined {
  const state = ProviderState.safeParse(value);
  return state.success && state.data.model === model ? state.data : undefined;
}

const isPlainText = (part: Part): boolean => Object.keys(part).every((key) => key === 'text');

/** @returns nothing when the words alone say it all */
export function writeState(model: string, contents: Content[], calls: CallRecord[]): GeminiState | undefined {
  const hasMore = contents.some(({ parts }) => parts?.some((part) => !isPlainText(part)));
  return hasMore ? { provider: 'gemini', model, contents, calls } : undefined;
}

/**
 * Adds a streamed part to those that go back with the history. Plain words are joined; a part with a signature stays
 * alone, as the signature covers just that part; thoughts without one are of no further use.
 */
export function keepPart(parts: Part[], part: Part): void {
  if (part.thought && !part.thoughtSignature) return;
  const last = parts.at(-1);
  if (last && isPlainText(last) && isPlainText(part)) last.text = `${last.text ?? ''}${part.text ?? ''}`;
  else if (!isPlainText(part) || part.text) parts.push({ ...part });
}
