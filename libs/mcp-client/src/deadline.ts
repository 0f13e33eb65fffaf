import type { Interruption } from './interruption.js';

/** Beyond this, timers fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * A timer that can be paused, joined with a caller's signal. Dispose it when the work is done.
 * Its own signal is made for those who ask for it only: a call that nothing interrupts has no use for one. No function
 * is written in its constructor, where V8 would take it, and the call with it, for what lives long.
 */
export class Deadline {
  readonly #outer: Interruption | undefined;
  #cancel: (() => void) | undefined;
  #listeners: (() => void)[] = [];
  #controller: AbortController | undefined;
  #ended: { reason: unknown } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #remainingMs: number;
  #startedAt = 0;
  #pauses = 0;
  #expired = false;

  constructor(
    readonly timeoutMs: number,
    outer?: Interruption,
  ) {
    this.#remainingMs = timeoutMs;
    this.#outer = outer;
    if (outer?.aborted) {
      this.#ended = { reason: outer.reason };
    } else {
      if (outer) this.#listenTo(outer);
      this.#start();
    }
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#ended) this.#controller.abort(this.#ended.reason);
    }
    return this.#controller.signal;
  }

  /** Whether the time ran out or the caller gave up. */
  get ended(): boolean {
    return this.#ended !== undefined;
  }

  /**
   * Hears of the end as it comes; not of one that was before.
   * @returns what stops the listening
   */
  onEnd(listener: () => void): () => void {
    this.#listeners.push(listener);
    return () => {
      const at = this.#listeners.indexOf(listener);
      if (at >= 0) this.#listeners.splice(at, 1);
    };
  }

  /** True when the time ran out, false when the caller gave up. */
  get expired(): boolean {
    return this.#expired;
  }

  get remainingMs(): number {
    return this.#pauses > 0 ? this.#remainingMs : this.#remainingMs - (performance.now() - this.#startedAt);
  }

  /** Pauses nest: the clock runs again once each was resumed. */
  pause(): void {
    if (this.#pauses++ > 0) return;
    clearTimeout(this.#timer);
    this.#remainingMs -= performance.now() - this.#startedAt;
  }

  resume(): void {
    if (--this.#pauses === 0 && !this.#ended) this.#start();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    if (this.#cancel) this.#outer?.removeEventListener('abort', this.#cancel);
  }

  /** Settles with the work, or rejects as soon as the deadline, the caller or `lost` (with its reason) ends it. */
  async race<T>(work: Promise<T>, lost?: AbortSignal): Promise<T> {
    const ends = lost ? [this.signal, lost] : [this.signal];
    for (const signal of ends) signal.throwIfAborted();
    let end = () => {};
    // Listeners instead of a lasting promise: racing against one would keep every call that ever raced.
    const ended = new Promise<never>((_resolve, reject) => {
      end = () => reject(lost?.aborted ? (lost.reason as Error) : new Error('Ended by its deadline or its caller.'));
    });
    for (const signal of ends) signal.addEventListener('abort', end, { once: true });
    try {
      return await Promise.race([work, ended]);
    } finally {
      for (const signal of ends) signal.removeEventListener('abort', end);
    }
  }

  #listenTo(outer: Interruption): void {
    this.#cancel = () => this.#cancelled();
    outer.addEventListener('abort', this.#cancel, { once: true });
  }

  #cancelled(): void {
    clearTimeout(this.#timer);
    this.#end(this.#outer?.reason);
  }

  #end(reason: unknown): void {
    if (this.#ended) return;
    this.#ended = { reason };
    this.#controller?.abort(reason);
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener();
  }

  #start(): void {
    this.#startedAt = performance.now();
    this.#timer = setTimeout(
      () => {
        this.#expired = true;
        this.#end(new DOMException('The deadline passed.', 'TimeoutError'));
      },
      Math.min(Math.max(0, this.#remainingMs), MAX_TIMER_MS),
    );
  }
}
