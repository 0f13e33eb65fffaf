import type { LanguageModel } from './language-model.port.js';

/** A language model as people choose it. */
export interface OfferedModel {
  /** E.g. `gemini:gemini-2.5-flash`; `offline` is the planner without a model. */
  id: string;
  /** As shown, e.g. `gemini-2.5-flash`. */
  name: string;
  provider: 'gemini' | 'openai' | 'anthropic' | 'offline';
  /** What the model reads at most, its answer included. */
  contextTokens: number;
  /** Tools that one request declares whole. */
  maxFunctions: number;
  /** Tools that one request offers; those beyond `maxFunctions` are told in short, and called as parts of a plan. */
  maxTools: number;
  /** Dollars per million tokens; absent where nobody said it. */
  price?: { input: number; output: number };
}

export const OFFLINE_MODEL = 'offline';

/** All language models of this instance. */
export abstract class LanguageModels {
  /** The default first; the offline planner is always there, and the last. */
  abstract readonly offered: readonly OfferedModel[];
  /** Ids of those that answer when another cannot, in their order. */
  abstract readonly fallback: readonly string[];

  /** @throws Error for an id that is not offered */
  abstract open(id: string): Promise<LanguageModel>;
}
