import type { ToolCall } from './tool-call.js';

/**
 * The one deadline of a call: for a place, the connection, the look at its definition, the call itself, other tries and
 * what its answer links to. Nobody stands at the door for a call that was held: each of its tries has all of the time.
 */
export class CallTime {
  private readonly own: number | undefined;
  private readonly wasHeld: boolean;
  private total = 0;

  constructor(
    { timeoutMs, sessionId, approvalId }: Pick<ToolCall, 'timeoutMs' | 'sessionId' | 'approvalId'>,
    private since: number,
  ) {
    this.own = timeoutMs;
    this.wasHeld = sessionId === null && typeof approvalId === 'string';
  }

  /** A try begins. @param serverMs what its server gives, where the call itself says nothing */
  begin(serverMs: number): void {
    this.total = this.own ?? serverMs;
    if (this.wasHeld) this.since = performance.now();
  }

  /** Of the whole; 0 before it began. */
  get timeoutMs(): number {
    return this.total;
  }

  /** Never less than 1. */
  get leftMs(): number {
    return Math.max(1, this.since + this.total - performance.now());
  }

  /** Whether another try after a pause may come to anything. */
  allows(pauseMs: number): boolean {
    return this.wasHeld || pauseMs < this.leftMs;
  }
}
