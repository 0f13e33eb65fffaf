import type { OfferedTool } from './toolset-offer.js';

/** Of JSON in English; vendors count differently, and say so only afterwards. */
const CHARACTERS_PER_TOKEN = 4;

/** About so many tokens a model spends on knowing of a tool. */
export function definitionTokens({ name, title, description, tool }: OfferedTool): number {
  const { inputSchema, outputSchema, annotations } = tool;
  const definition = JSON.stringify({ name, title, description, inputSchema, outputSchema, annotations });
  return Math.ceil(definition.length / CHARACTERS_PER_TOKEN);
}
