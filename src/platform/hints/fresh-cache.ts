import type { Hints } from './hints.js';
import { touch } from '../recent.js';
import type { Soon } from '@app/soon';

interface Entry<Value> {
  value: Soon<Value>;
  loadedAt: number;
  usedAt: number;
  refreshing: boolean;
  forget: () => void;
}

interface FreshCacheOptions<Value> {
  topic: (key: string) => string;
  /** Not joined to a transaction of whoever asks first. */
  load: (key: string) => Promise<Value>;
  size: number;
  /** What a lost hint would leave behind is gone after this long. */
  maxAgeMs: number;
}

/** So often it is looked what has to be read again. */
const LOOKS_PER_AGE = 4;

/**
 * What was read of rows, until a hint says that they changed. What is in use is read again in the background before it is
 * too old, so that whoever asks all the time never waits. The least recently used goes first.
 */
export class FreshCache<Value> {
  private readonly entries = new Map<string, Entry<Value>>();
  private readonly forgetGaps: () => void;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly hints: Hints,
    private readonly options: FreshCacheOptions<Value>,
  ) {
    this.forgetGaps = hints.subscribeToGaps(() => this.clear());
    this.timer = setInterval(() => this.look(), options.maxAgeMs / LOOKS_PER_AGE);
    this.timer.unref();
  }

  /** Loads once for all who ask meanwhile; a failed load is not kept. */
  get(key: string): Soon<Value> {
    const now = performance.now();
    const known = this.entries.get(key);
    if (known && now - known.loadedAt < this.options.maxAgeMs) {
      known.usedAt = now;
      touch(this.entries, key, known, this.options.size);
      return known.value;
    }
    this.drop(key);
    // Subscribed before it loads: a change in between drops the entry, though not the answer to those who wait.
    const forget = this.hints.subscribe(this.options.topic(key), () => this.drop(key));
    const loading = this.options.load(key);
    const entry: Entry<Value> = {
      value: loading,
      loadedAt: now,
      usedAt: now,
      refreshing: false,
      forget,
    };
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

  drop(key: string): void {
    this.entries.get(key)?.forget();
    this.entries.delete(key);
  }

  dropAll(isMeant: (key: string) => boolean): void {
    for (const key of [...this.entries.keys()]) if (isMeant(key)) this.drop(key);
  }

  clear(): void {
    for (const key of [...this.entries.keys()]) this.drop(key);
  }

  close(): void {
    clearInterval(this.timer);
    this.forgetGaps();
    this.clear();
  }

  private look(): void {
    const now = performance.now();
    for (const [key, entry] of [...this.entries]) {
      const age = now - entry.loadedAt;
      if (age >= this.options.maxAgeMs) this.drop(key);
      else if (age >= this.options.maxAgeMs / 2 && entry.usedAt > entry.loadedAt) void this.refresh(key, entry, now);
    }
  }

  private async refresh(key: string, entry: Entry<Value>, now: number): Promise<void> {
    if (entry.refreshing) return;
    entry.refreshing = true;
    try {
      const value = await this.options.load(key);
      // A hint meanwhile dropped the entry, and this answer may be from before it.
      if (this.entries.get(key) === entry) Object.assign(entry, { value, loadedAt: now });
    } catch {
      // It counts until it is too old; then whoever asks sees the fault.
    } finally {
      entry.refreshing = false;
    }
  }
}
