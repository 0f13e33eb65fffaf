import { type ModelProvider } from '../../platform/config/model-settings.js';

interface Known {
  /** Without what versions add to it: a date, `preview`, `latest`. */
  name: string;
  contextTokens: number;
  /** Dollars per million tokens, at the list price of prompts of usual length (providers' price pages, November 2026). */
  input: number;
  output: number;
}

const known = (name: string, contextTokens: number, input: number, output: number): Known => ({
  name,
  contextTokens,
  input,
  output,
});

const MODELS: Record<ModelProvider, readonly Known[]> = {
  gemini: [
    known('gemini-2.5-flash-lite', 1_048_576, 0.1, 0.4),
    known('gemini-2.5-flash', 1_048_576, 0.3, 2.5),
    known('gemini-2.5-pro', 1_048_576, 1.25, 10),
    known('gemini-3-flash', 1_048_576, 0.5, 3),
    known('gemini-3.1-flash-lite', 1_048_576, 0.25, 1.5),
    known('gemini-3.1-pro', 1_048_576, 2, 12),
    known('gemini-3.5-flash', 1_048_576, 1.5, 9),
  ],
  openai: [
    known('gpt-4.1-nano', 1_047_576, 0.1, 0.4),
    known('gpt-4.1-mini', 1_047_576, 0.4, 1.6),
    known('gpt-4.1', 1_047_576, 2, 8),
    known('gpt-4o-mini', 128_000, 0.15, 0.6),
    known('gpt-4o', 128_000, 2.5, 10),
    known('gpt-5-nano', 400_000, 0.05, 0.4),
    known('gpt-5-mini', 400_000, 0.25, 2),
    known('gpt-5', 400_000, 1.25, 10),
    known('gpt-5.4-mini', 400_000, 0.75, 4.5),
    known('gpt-5.4', 1_000_000, 2.5, 15),
    known('gpt-5.5', 1_000_000, 5, 30),
    known('gpt-5.6-luna', 1_000_000, 0.2, 1.2),
    known('gpt-5.6-terra', 1_000_000, 2, 12),
    known('gpt-5.6-sol', 1_000_000, 4, 20),
    known('gpt-6-luna', 1_050_000, 0.1, 0.5),
    known('gpt-6-sol', 1_050_000, 2, 10),
    known('gpt-6-astra', 1_050_000, 10, 50),
  ],
  anthropic: [
    known('claude-haiku-4-5', 200_000, 1, 5),
    known('claude-haiku-5-5', 1_000_000, 0.1, 0.5),
    known('claude-sonnet-4-5', 200_000, 3, 15),
    known('claude-sonnet-4-6', 200_000, 3, 15),
    known('claude-sonnet-5', 1_000_000, 2, 10),
    known('claude-sonnet-5-5', 1_000_000, 2, 10),
    known('claude-opus-4-5', 200_000, 5, 25),
    known('claude-opus-5', 1_000_000, 5, 25),
    known('claude-opus-5-5', 1_000_000, 4, 20),
    known('claude-fable-5', 1_000_000, 10, 50),
  ],
};

/** For models that are not in the list; those of one's own servers are often small. */
const USUAL_CONTEXT: Record<ModelProvider, number> = { gemini: 1_048_576, openai: 32_768, anthropic: 200_000 };

/** A name is another version of a known one when it goes on with a date or a word, not with a further number. */
const isOf = (name: string, { name: stem }: Known): boolean =>
  name === stem || (name.startsWith(`${stem}-`) && /^-(?:\d{4}-?\d{2}|preview|latest)/.test(name.slice(stem.length)));

/** What is known of a model without asking anyone; no price where it is not known. */
export function factsOf(
  provider: ModelProvider,
  name: string,
): { contextTokens: number; price?: { input: number; output: number } } {
  const found = MODELS[provider].find((candidate) => isOf(name, candidate));
  if (!found) return { contextTokens: USUAL_CONTEXT[provider] };
  return { contextTokens: found.contextTokens, price: { input: found.input, output: found.output } };
}
