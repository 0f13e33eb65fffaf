import type { Deadline } from './deadline.js';
import { cancelled } from './failures.js';
import type { UpstreamSession } from './session.js';
import { UpstreamError } from './upstream-error.js';

const MAX_WAITING = 100;

interface Waiter {
  /** A session that came free, or nothing: there is room to open one. */
  resolve: (session: UpstreamSession | undefined) => void;
  reject: (error: Error) => void;
}

/** The sessions of one target: idle, on lease, and who waits for one. */
export class TargetLeases {
  readonly #idle: { session: UpstreamSession; timer: NodeJS.Timeout }[] = [];
  readonly #waiting: Waiter[] = [];
  readonly #maxSessions: number;
  readonly #idleMs: number;
  #leased = 0;
  #closed = false;

  constructor({ maxSessions, idleMs }: { maxSessions: number; idleMs: number }) {
    this.#maxSessions = maxSessions;
    this.#idleMs = idleMs;
  }

  get inUse(): boolean {
    return this.#leased > 0;
  }

  /** @throws UpstreamError UPSTREAM_BUSY or UPSTREAM_CANCELLED, and what `open` throws */
  async take(deadline: Deadline, open: () => Promise<UpstreamSession>): Promise<UpstreamSession> {
    if (deadline.signal.aborted) throw cancelled(false);
    const session = this.#takeIdle() ?? (await this.#placeOrSession(deadline));
    if (session) return session;
    try {
      return await open();
    } catch (error) {
      this.#passOn(undefined);
      throw error;
    }
  }

  giveBack(session: UpstreamSession): void {
    const reusable = session.reusable && !this.#closed;
    if (!reusable) void session.close();
    this.#passOn(reusable ? session : undefined);
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
      if (one.session.reusable) {
        this.#leased++;
        return one.session;
      }
    }
    return undefined;
  }

  async #placeOrSession(deadline: Deadline): Promise<UpstreamSession | undefined> {
    if (this.#leased < this.#maxSessions) {
      this.#leased++;
      return undefined;
    }
    if (this.#waiting.length >= MAX_WAITING) throw busy();
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { resolve, reject };
      const giveUp = () => {
        const at = this.#waiting.indexOf(waiter);
        if (at < 0) return;
        this.#waiting.splice(at, 1);
        reject(deadline.expired ? busy() : cancelled(false));
      };
      deadline.signal.addEventListener('abort', giveUp, { once: true });
      this.#waiting.push(waiter);
    });
  }

  /** The place of a lease that ended goes to who waits longest, with its session if that is still good. */
  #passOn(session: UpstreamSession | undefined): void {
    const next = this.#waiting.shift();
    if (next) return next.resolve(session);
    this.#leased--;
    if (!session) return;
    const timer = setTimeout(() => this.#expire(session), this.#idleMs).unref();
    this.#idle.push({ session, timer });
  }

  #expire(session: UpstreamSession): void {
    const at = this.#idle.findIndex((one) => one.session === session);
    if (at >= 0) this.#idle.splice(at, 1);
    void session.close();
  }
}

const busy = () =>
  new UpstreamError('UPSTREAM_BUSY', 'All connections to this server are in use.', {
    requestSent: false,
    fix: 'Try again when a call has ended.',
  });
