import type { Interruption } from '@app/mcp-client';
import type { CallTime } from './call-time.js';
import type { RelayOutcome } from './relay.js';
import type { ToolCall } from './tool-call.js';
import type { ToolOutcome } from './tool-outcome.js';

const AT_ONCE = { most: 2, firstPauseMs: 100 };
/** A person said yes to it, and nobody stands at the door any more. */
const HELD = { most: 3, firstPauseMs: 1_000 };

/**
 * How long to wait before the call is made once more: where nothing was sent to a server that may be back, or where the
 * answer was lost of a tool that may be called twice. Undefined: not again. Tasks of plans are repeated by their plan.
 */
export function pauseBeforeRepeat(
  { sessionId, approvalId, tool }: ToolCall,
  outcome: ToolOutcome | RelayOutcome,
  { repeats, time, random = Math.random() }: { repeats: number; time: CallTime; random?: number },
): number | undefined {
  const isHeld = typeof approvalId === 'string';
  const { most, firstPauseMs } = isHeld ? HELD : AT_ONCE;
  if (sessionId !== null || repeats >= most) return undefined;
  const isUnsent =
    outcome.status === 'not_sent' && (isHeld ? outcome.transient : outcome.fault.code === 'UPSTREAM_UNREACHABLE');
  const mayBeTwice = outcome.status === 'lost' && (tool.readOnly || tool.idempotent);
  if (!isUnsent && !mayBeTwice) return undefined;
  const pauseMs = firstPauseMs * 2 ** repeats * (0.5 + random);
  return time.allows(pauseMs) ? pauseMs : undefined;
}

/** Ends early with the signal. */
export function pauseUntil(signal: Interruption, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
