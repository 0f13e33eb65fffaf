/** Things of one screen frame are taken together, so that a burst costs one render. */
export class FrameBatch<T> {
  private waiting: T[] = [];

  constructor(private readonly take: (batch: T[]) => void) {}

  add(one: T): void {
    this.waiting.push(one);
    if (this.waiting.length > 1) return;
    // A page that is not seen draws no frames.
    if (document.visibilityState === 'visible') requestAnimationFrame(() => this.flush());
    else setTimeout(() => this.flush(), 50);
  }

  flush(): void {
    const batch = this.waiting;
    this.waiting = [];
    if (batch.length > 0) this.take(batch);
  }
}
