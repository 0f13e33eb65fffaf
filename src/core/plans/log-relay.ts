import type { DurableEvent } from '@app/session-protocol';
import type { CallLogLine } from '../execution/tool-call.js';

/** What one call may write into the session's log. */
export const LOG_LINES = 500;
export const TOO_TALKATIVE = `This call logs a great deal: lines beyond ${LOG_LINES} are not kept.`;
const LINE_CHARACTERS = 4_000;
const LINES_AT_ONCE = 50;

/** Writes what a tool logs, in its order; lines that come while others are being written go together. */
export class LogRelay {
  private count = 0;
  private waiting: DurableEvent[] = [];
  private writing: Promise<void> | undefined;

  constructor(
    private readonly nodeId: string,
    private readonly clock: { now(): Date },
    /** Never throws. */
    private readonly append: (events: readonly DurableEvent[]) => Promise<void>,
  ) {}

  add(line: CallLogLine): void {
    this.count += 1;
    if (this.count > LOG_LINES) return;
    const { level, message } = this.count < LOG_LINES ? line : { level: 'warn' as const, message: TOO_TALKATIVE };
    const payload = {
      timestamp: this.clock.now().toISOString(),
      level,
      message: message.slice(0, LINE_CHARACTERS),
      source: this.nodeId,
      node_id: this.nodeId,
    };
    this.waiting.push({ type: 'log_entry', payload });
    this.writing ??= this.write();
  }

  /** Until all that was added is written. */
  async written(): Promise<void> {
    await this.writing;
  }

  private async write(): Promise<void> {
    // Lines that arrived in one piece come one after another, in this same tick.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) await this.append(this.waiting.splice(0, LINES_AT_ONCE));
    this.writing = undefined;
  }
}
