import type { ToolCall } from './tool-call.js';
import type { ToolOutcome } from './tool-outcome.js';

export const MOST_REPEATS = 2;
const FIRST_PAUSE_MS = 100;

/**
 * How long to wait before the call is made once more: where nothing was sent to a server that may be back, or where the
 * answer was lost of a tool that may be called twice. Undefined: not again. Tasks of plans are repeated by their plan.
 */
export function pauseBeforeRepeat(
  { sessionId, tool, timeoutMs }: ToolCall,
  outcome: ToolOutcome,
  { repeats, elapsedMs, random = Math.random() }: { repeats: number; elapsedMs: number; random?: number },
): number | undefined {
  if (sessionId !== null || repeats >= MOST_REPEATS) return undefined;
  const isUnsent = outcome.status === 'not_sent' && outcome.fault.code === 'UPSTREAM_UNREACHABLE';
  const mayBeTwice = outcome.status === 'lost' && (tool.readOnly || tool.idempotent);
  if (!isUnsent && !mayBeTwice) return undefined;
  const pauseMs = FIRST_PAUSE_MS * 2 ** repeats * (0.5 + random);
  return timeoutMs !== undefined && elapsedMs + pauseMs >= timeoutMs ? undefined : pauseMs;
}
