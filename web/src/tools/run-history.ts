import type { CallReply } from '../api/tool-types.js';

export interface PastRun {
  at: string;
  arguments: Record<string, unknown>;
  status: CallReply['status'];
  duration_ms: number | null;
}

const KEPT = 10;
const MAX_CHARS = 20_000;
// Forgotten with the other histories at the sign-out.
const keyOf = (serverId: string, tool: string) => `switchyard.history.call.${serverId}.${tool}`;

export function pastRuns(serverId: string, tool: string): PastRun[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(keyOf(serverId, tool)) ?? '[]');
    return Array.isArray(kept) ? (kept as PastRun[]).slice(0, KEPT) : [];
  } catch {
    return [];
  }
}

/** Newest first; what is too long is not kept. */
export function rememberRun(serverId: string, tool: string, run: PastRun): PastRun[] {
  const runs = [run, ...pastRuns(serverId, tool)].slice(0, KEPT);
  const text = JSON.stringify(runs);
  if (text.length > MAX_CHARS) return runs;
  try {
    localStorage.setItem(keyOf(serverId, tool), text);
  } catch {
    // A full store: this page still knows them.
  }
  return runs;
}
