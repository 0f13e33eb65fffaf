/**
 * Aborts with the first of `signals`, or with a TimeoutError after `ms` milliseconds. End it when the work is done: unlike
 * AbortSignal.timeout and AbortSignal.any it then leaves no timer behind, and nothing in a signal that lives longer.
 */
export class ScopedSignal {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout | undefined;
  private readonly follow = (event: Event) => this.controller.abort((event.target as AbortSignal).reason);
  private expired = false;

  constructor(
    private readonly signals: readonly AbortSignal[],
    ms?: number,
  ) {
    const aborted = signals.find((signal) => signal.aborted);
    if (aborted) {
      this.controller.abort(aborted.reason);
      return;
    }
    for (const signal of signals) signal.addEventListener('abort', this.follow, { once: true });
    if (ms !== undefined) this.timer = setTimeout(() => this.expire(), ms).unref();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** True when the time ran out before anything else. */
  get timedOut(): boolean {
    return this.expired;
  }

  end(): void {
    clearTimeout(this.timer);
    for (const signal of this.signals) signal.removeEventListener('abort', this.follow);
  }

  private expire(): void {
    if (this.signal.aborted) return;
    this.expired = true;
    this.controller.abort(new DOMException('The time is over.', 'TimeoutError'));
  }
}
