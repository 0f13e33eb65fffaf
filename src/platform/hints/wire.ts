import type { CarriedHint } from './hint-carrier.js';

/** The largest body that a client may send, and the words around it. */
export const MAX_HINT_CHARACTERS = 1_088 * 1024;

interface Wire extends CarriedHint {
  from: string;
}

export const encodeHint = (from: string, { topic, data }: CarriedHint): string => JSON.stringify({ from, topic, data });

/** What every hint of the process begins with. */
export const encodeHintStart = (from: string): string => `${JSON.stringify({ from }).slice(0, -1)},`;

/** Undefined for what is no hint: a channel is open to whoever has the password. */
export function decodeHint(text: string | undefined): Wire | undefined {
  if (!text) return undefined;
  try {
    const { from, topic, data } = JSON.parse(text) as Partial<Wire>;
    return typeof from === 'string' && typeof topic === 'string' ? { from, topic, data } : undefined;
  } catch {
    return undefined;
  }
}
