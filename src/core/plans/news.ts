/** What a wait is woken by, again and again; a word that comes while nobody waits is not lost. */
export class News {
  private isThere = false;
  private wake: () => void = () => undefined;
  private readonly onEnd = () => this.tell();

  /** @param signal by which the wait is over, too */
  constructor(private readonly signal: AbortSignal) {
    signal.addEventListener('abort', this.onEnd, { once: true });
    if (signal.aborted) this.tell();
  }

  tell(): void {
    this.isThere = true;
    this.wake();
  }

  /** Until there is something, at most so long: a hint may be lost. */
  async within(ms: number): Promise<void> {
    if (!this.isThere) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.isThere = false;
  }

  end(): void {
    this.signal.removeEventListener('abort', this.onEnd);
  }
}
