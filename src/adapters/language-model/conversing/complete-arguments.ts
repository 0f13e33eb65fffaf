/** Arguments that came in pieces of text; what is no JSON stays text, for the judge to name. */
export function parseArguments(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** An object to send back in the place of arguments that were no object: vendors refuse anything else. */
export const toObject = (args: unknown): Record<string, unknown> =>
  typeof args === 'object' && args !== null && !Array.isArray(args) ? (args as Record<string, unknown>) : {};
