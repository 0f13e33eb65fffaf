import type { DurableFrame } from '@app/session-protocol';

const FRAMES_PER_SESSION = 256;
const SESSIONS = 2_000;

/** The newest events of the sessions that are busy in this process, so that following one reads no table. */
export class RecentFrames {
  private readonly sessions = new Map<string, DurableFrame[]>();

  add(sessionId: string, frames: readonly DurableFrame[]): void {
    const known = this.sessions.get(sessionId) ?? [];
    this.sessions.delete(sessionId);
    const last = known.at(-1);
    const first = frames[0];
    // Another process wrote in between, or two commits were told out of order: start anew rather than keep a gap.
    const next = last && first && first.seq === last.seq + 1 ? [...known, ...frames] : [...frames];
    this.sessions.set(sessionId, next.slice(-FRAMES_PER_SESSION));
    if (this.sessions.size > SESSIONS) {
      const oldest = this.sessions.keys().next();
      if (!oldest.done) this.sessions.delete(oldest.value);
    }
  }

  /** Undefined when the answer is not wholly here. */
  after(sessionId: string, after: number, limit: number): DurableFrame[] | undefined {
    const frames = this.sessions.get(sessionId);
    const first = frames?.[0];
    if (!frames || !first || first.seq > after + 1) return undefined;
    const found = frames.slice(after + 1 - first.seq, after + 1 - first.seq + limit);
    return found.length > 0 ? found : undefined;
  }
}
