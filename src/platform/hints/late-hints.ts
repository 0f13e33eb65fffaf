import type { CarriedHint } from './hint-carrier.js';

interface LateHintEvents {
  onHint: (hint: CarriedHint) => void;
  onLost: (topic: string) => void;
}

/** Hints that have yet to be fetched: what is said later on the same topic waits behind them. */
export class LateHints {
  private readonly last = new Map<string, Promise<void>>();
  private waiting = 0;

  constructor(
    private readonly events: LateHintEvents,
    private readonly most: number,
  ) {}

  isWaitedFor(topic: string): boolean {
    return this.last.has(topic);
  }

  add(topic: string, fetch: () => Promise<CarriedHint | undefined>): void {
    if (this.waiting >= this.most) return this.events.onLost(topic);
    this.waiting += 1;
    const before = this.last.get(topic) ?? Promise.resolve();
    const turn = before
      .then(fetch)
      .then(
        (hint) => (hint ? this.events.onHint(hint) : this.events.onLost(topic)),
        () => this.events.onLost(topic),
      )
      .finally(() => {
        this.waiting -= 1;
        if (this.last.get(topic) === turn) this.last.delete(topic);
      });
    this.last.set(topic, turn);
  }
}
