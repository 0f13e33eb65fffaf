import { standApart } from '../../platform/apart.js';
import type { Hints } from '../../platform/hints/hints.js';
import { touch } from '../../platform/recent.js';
import type { Soon } from '@app/soon';

interface Entry<Value> {
  value: Soon<Value>;
  expiresAt: number;
  refreshing: boolean;
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
  onDrop?: (value: Soon<Value>, hint: unknown) => void;
}

/**
 * What was read of a row, until a hint says that the row changed; what is in use is read again before it is too old. The
 * least recently used goes first.
 */
export class HintedCache<Value> {
  private readonly entries = new Map<string, Entry<Value>>();
  private readonly forgetGaps: () => void;
  private readonly apart = standApart();

  constructor(
    private readonly hints: Hints,
    private readonly options: HintedCacheOptions & Reactions<Value>,
  ) {
    this.forgetGaps = hints.subscribeToGaps(() => this.clear());
  }

  /** Loads once for all who ask meanwhile; a failed load is not kept. */
  get(key: string, load: () => Promise<Value>): Soon<Value> {
    const known = this.entries.get(key);
    const now = performance.now();
    if (known && known.expiresAt > now) {
      touch(this.entries, key, known, this.options.size);
      const isAging = known.expiresAt - now < this.options.maxAgeMs / 2;
      if (isAging && !known.refreshing) void this.refresh(key, known, load);
      return known.value;
    }
    this.drop(key);
    // Subscribed before it loads: a change in between drops the entry, though not the answer to those who wait.
    const forget = this.hints.subscribe(this.options.topic(key), (hint) => {
      this.drop(key);
      this.options.onDrop?.(entry.value, hint);
    });
    const loading = load();
    const expiresAt = now + this.options.maxAgeMs;
    const entry: Entry<Value> = { value: loading, expiresAt, refreshing: false, forget };
    this.entries.set(key, entry);
    loading.then(
      (value) => {
        // It may have been read again meanwhile.
        if (entry.value === loading) entry.value = value;
      },
      () => {
        if (this.entries.get(key) === entry) this.drop(key);
      },
    );
    const [oldest] = this.entries.keys();
    if (this.entries.size > this.options.size && oldest !== undefined) this.drop(oldest);
    return loading;
  }

  /** Not in the transaction or the trace of who asks just now. */
  private async refresh(key: string, entry: Entry<Value>, load: () => Promise<Value>): Promise<void> {
    entry.refreshing = true;
    const expiresAt = performance.now() + this.options.maxAgeMs;
    try {
      const value = await this.apart(load);
      // A hint meanwhile dropped the entry, and this answer may be from before it.
      if (this.entries.get(key) === entry) Object.assign(entry, { value, expiresAt });
    } catch {
      // It counts until it is too old; then whoever asks sees the fault.
    } finally {
      entry.refreshing = false;
    }
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
