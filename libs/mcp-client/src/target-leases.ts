import type { Deadline } from './deadline.js';
import { cancelled } from './failures.js';
import { Places } from './places.js';
import type { UpstreamSession } from './session.js';
import { UpstreamError } from './upstream-error.js';

const MOST_WAITING = 100;

/** Sessions of one target that are lent to one caller at a time: idle ones, and places for those on lease. */
export class TargetLeases {
  readonly #idle: { session: UpstreamSession; timer: NodeJS.Timeout }[] = [];
  readonly #places: Places;
  readonly #idleMs: number;
  #closed = false;

  constructor({ maxSessions, idleMs }: { maxSessions: number; idleMs: number }) {
    this.#places = new Places({ size: maxSessions, mostWaiting: MOST_WAITING });
    this.#idleMs = idleMs;
  }

  /** @throws UpstreamError UPSTREAM_BUSY or UPSTREAM_CANCELLED, and what `open` throws */
  async take(deadline: Deadline, open: () => Promise<UpstreamSession>): Promise<UpstreamSession> {
    if (!(await this.#places.take(deadline))) {
      throw deadline.ended && !deadline.expired ? cancelled(false) : allInUse();
    }
    try {
      return this.#takeIdle() ?? (await open());
    } catch (error) {
      this.#places.giveBack();
      throw error;
    }
  }

  giveBack(session: UpstreamSession): void {
    this.keep(session);
    this.#places.giveBack();
  }

  /** Holds a session ready for the next that asks. */
  keep(session: UpstreamSession): void {
    if (this.#closed || !session.reusable) return void session.close();
    const timer = setTimeout(() => this.#expire(session), this.#idleMs).unref();
    this.#idle.push({ session, timer });
  }

  /** Closes what is idle now and what comes back later. */
  async close(): Promise<void> {
    this.#closed = true;
    const idle = this.#idle.splice(0);
    for (const { timer } of idle) clearTimeout(timer);
    await Promise.all(idle.map(({ session }) => session.close()));
  }

  #takeIdle(): UpstreamSession | undefined {
    for (let one = this.#idle.pop(); one; one = this.#idle.pop()) {
      clearTimeout(one.timer);
      if (one.session.reusable) return one.session;
    }
    return undefined;
  }

  #expire(session: UpstreamSession): void {
    const at = this.#idle.findIndex((one) => one.session === session);
    if (at >= 0) this.#idle.splice(at, 1);
    if (session.subscribed && session.reusable) this.keep(session);
    else void session.close();
  }
}

export const allInUse = () =>
  new UpstreamError('UPSTREAM_BUSY', 'All connections to this server are in use.', {
    requestSent: false,
    fix: 'Try again when a call has ended.',
  });
