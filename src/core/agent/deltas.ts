import type { SessionLog } from '../sessions/session-log.js';
import type { SessionId } from '../../platform/ids.js';

const GATHER_MS = 30;

/** Passes a reply on as it comes, a few words at a time. */
export class Deltas {
  private index = 0;
  private gathered = '';
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly log: SessionLog,
    private readonly sessionId: SessionId,
    private readonly messageId: string,
  ) {}

  add(delta: string): void {
    this.gathered += delta;
    this.timer ??= setTimeout(() => this.flush(), GATHER_MS);
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.gathered === '') return;
    const payload = { message_id: this.messageId, index: this.index, delta: this.gathered };
    this.log.pass(this.sessionId, { type: 'chat_delta', payload });
    this.index += 1;
    this.gathered = '';
  }

  /** What was not passed on is in the final message. */
  drop(): void {
    clearTimeout(this.timer);
  }
}
