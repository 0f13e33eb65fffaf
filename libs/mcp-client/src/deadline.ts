import { type Ageing, NOWHERE, Pulse } from '@app/soon';
import type { Interruption } from './interruption.js';

/** How much time has to be left for a look now and then; the rest is measured by a timer. */
const FAR_MS = 1_000;
const LOOK_MS = 400;

/** Nearly all calls end long before their deadline: a timer of its own for each would be set and cleared for nothing. */
const looks = new Pulse(LOOK_MS);

/**
 * A timer that can be paused, joined with a caller's signal. Dispose it when the work is done.
 * Its own signal is made for those who ask for it only: a call that nothing interrupts has no use for one. No function
 * is written in its constructor, where V8 would take it, and the call with it, for what lives long.
 */
export class Deadline implements Ageing {
  /** Of `looks`. */
  slot = NOWHERE;
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
    this.#stop();
    this.#remainingMs -= performance.now() - this.#startedAt;
  }

  resume(): void {
    if (--this.#pauses === 0 && !this.#ended) this.#start();
  }

  dispose(): void {
    this.#stop();
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

  /** A look by `looks`. */
  age(): void {
    const leftMs = this.remainingMs;
    if (leftMs > FAR_MS) return;
    looks.remove(this);
    this.#wait(leftMs);
  }

  #cancelled(): void {
    this.#stop();
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
    if (this.#remainingMs > FAR_MS) looks.add(this);
    else this.#wait(this.#remainingMs);
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(
      () => {
        this.#expired = true;
        this.#end(new DOMException('The deadline passed.', 'TimeoutError'));
      },
      Math.max(0, ms),
    );
  }

  #stop(): void {
    looks.remove(this);
    if (this.#timer) clearTimeout(this.#timer);
  }
}
