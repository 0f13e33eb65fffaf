import type { SessionHint, SessionLog } from '../core/sessions/session-log.js';
import type { SessionId } from '../platform/ids.js';
import type { Attendance } from './attendance.js';
import { passingFrame } from './frames.js';
import { Outgoing } from './outgoing.js';

/** Those who follow one session in this process: heard once for all of them, and passed on once. */
export class Room {
  readonly members = new Set<Attendance>();
  private readonly unlisten: () => void;

  constructor(
    private readonly sessionId: SessionId,
    log: SessionLog,
  ) {
    this.unlisten = log.listen(sessionId, (hint) => this.onHint(hint));
  }

  close(): void {
    this.unlisten();
  }

  nudge(lastSeq: number): void {
    for (const member of this.members) member.nudge(lastSeq);
  }

  private onHint(hint: SessionHint): void {
    if (hint.kind === 'appended') return this.nudge(hint.lastSeq);
    const message = new Outgoing(passingFrame(this.sessionId, hint.event));
    for (const member of this.members) member.pass(message);
  }
}
