import type { DurableFrame } from '@app/session-protocol';

/** Bytes are those of the payloads as JSON; in memory a frame takes a few times as much. */
export interface RecentLimits {
  framesPerSession: number;
  bytesPerSession: number;
  sessions: number;
  bytes: number;
}

const LIMITS: RecentLimits = {
  framesPerSession: 64,
  bytesPerSession: 1024 * 1024,
  sessions: 2_000,
  bytes: 16 * 1024 * 1024,
};

interface Recent {
  frames: DurableFrame[];
  sizes: number[];
  bytes: number;
}

/** The newest events of the sessions that are busy in this process, so that following one reads no table. */
export class RecentFrames {
  private readonly sessions = new Map<string, Recent>();
  private bytes = 0;

  constructor(private readonly limits = LIMITS) {}

  /** What is held now, of at most `limits.bytes`. */
  get heldBytes(): number {
    return this.bytes;
  }

  /** @param sizes bytes of each frame's payload */
  add(sessionId: string, frames: readonly DurableFrame[], sizes: readonly number[]): void {
    const recent = this.take(sessionId, frames[0]?.seq) ?? { frames: [], sizes: [], bytes: 0 };
    recent.frames.push(...frames);
    recent.sizes.push(...sizes);
    for (const size of sizes) recent.bytes += size;
    this.trim(recent);
    this.sessions.set(sessionId, recent);
    this.bytes += recent.bytes;
    while (this.sessions.size > this.limits.sessions || this.bytes > this.limits.bytes) this.forgetOldest();
  }

  /** What another process tells that it added; what is known already changes nothing. */
  hear(sessionId: string, frames: readonly DurableFrame[], sizes: readonly number[]): void {
    const known = this.sessions.get(sessionId)?.frames.at(-1)?.seq ?? 0;
    if ((frames.at(-1)?.seq ?? 0) > known) this.add(sessionId, frames, sizes);
  }

  /** Undefined when the answer is not wholly here. */
  after(sessionId: string, after: number, limit: number): DurableFrame[] | undefined {
    const frames = this.sessions.get(sessionId)?.frames;
    const first = frames?.[0];
    if (!frames || !first || first.seq > after + 1) return undefined;
    const found = frames.slice(after + 1 - first.seq, after + 1 - first.seq + limit);
    return found.length > 0 ? found : undefined;
  }

  /** Out of the map, to be put in again as the newest. Undefined when `next` does not follow: better new than a gap. */
  private take(sessionId: string, next: number | undefined): Recent | undefined {
    const known = this.sessions.get(sessionId);
    if (!known) return undefined;
    this.sessions.delete(sessionId);
    this.bytes -= known.bytes;
    // Another process wrote in between, or two commits were told out of order.
    return known.frames.at(-1)?.seq === (next ?? 0) - 1 ? known : undefined;
  }

  private trim(recent: Recent): void {
    const { framesPerSession, bytesPerSession } = this.limits;
    let drop = 0;
    while (recent.frames.length - drop > framesPerSession || recent.bytes > bytesPerSession) {
      recent.bytes -= recent.sizes[drop] ?? 0;
      drop += 1;
    }
    recent.frames.splice(0, drop);
    recent.sizes.splice(0, drop);
  }

  private forgetOldest(): void {
    const [oldest] = this.sessions;
    if (!oldest) return;
    this.sessions.delete(oldest[0]);
    this.bytes -= oldest[1].bytes;
  }
}
