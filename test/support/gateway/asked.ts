import type { Said } from './said.js';

/** The question that a client of the newer era takes away, and how it comes back from it. */
export function questionOf({ result }: Said) {
  const [[key = '', asked] = []] = Object.entries(
    (result?.inputRequests ?? {}) as Record<string, { method: string; params: Record<string, unknown> }>,
  );
  const back = (action: string) => ({ requestState: result?.requestState, inputResponses: { [key]: { action } } });
  return { asked, back };
}
