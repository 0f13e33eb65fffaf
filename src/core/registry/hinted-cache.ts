import type { Hints } from '../../platform/hints/hints.js';

interface Entry<Value> {
  value: Promise<Value>;
  expiresAt: number;
  forget: () => void;
}

interface HintedCacheOptions {
  topic: (key: string) => string;
  size: number;
  /** For hints that got lost. */
  maxAgeMs: number;
}

interface Reactions<Value> {
  /** Hears what a hint said of a value that was dropped for it. */
  onDrop?: (value: Promise<Value>, hint: unknown) => void;
}

/** What was read of a row, until a hint says that the row changed. The least recently used goes first. */
export class HintedCache<Value> {
  private readonly entries = new Map<string, Entry<Value>>();
  private readonly forgetGaps: () => void;

  constructor(
    private readonly hints: Hints,
    private readonly options: HintedCacheOptions & Reactions<Value>,
  ) {
    this.forgetGaps = hints.subscribeToGaps(() => this.clear());
  }

  /** Loads once for all who ask meanwhile; a failed load is not kept. */
  get(key: string, load: () => Promise<Value>): Promise<Value> {
    const known = this.entries.get(key);
    if (known && known.expiresAt > performance.now()) {
      this.entries.delete(key);
      this.entries.set(key, known);
      return known.value;
    }
    this.drop(key);
    // Subscribed before it loads: a change in between drops the entry, though not the answer to those who wait.
    const forget = this.hints.subscribe(this.options.topic(key), (hint) => {
      this.drop(key);
      this.options.onDrop?.(value, hint);
    });
    const value = load();
    const entry: Entry<Value> = { value, expiresAt: performance.now() + this.options.maxAgeMs, forget };
    this.entries.set(key, entry);
    entry.value.catch(() => {
      if (this.entries.get(key) === entry) this.drop(key);
    });
    const [oldest] = this.entries.keys();
    if (this.entries.size > this.options.size && oldest !== undefined) this.drop(oldest);
    return entry.value;
  }

  drop(key: string): void {
    this.entries.get(key)?.forget();
    this.entries.delete(key);
  }

  clear(): void {
    for (const key of [...this.entries.keys()]) this.drop(key);
  }

  close(): void {
    this.forgetGaps();
    this.clear();
  }
}
