import { standApart } from '../../platform/apart.js';
import type { Clock } from '../../platform/clock.js';
import { touch } from '../../platform/recent.js';
import type { Soon } from '@app/soon';

interface Entry<Value> {
  value: Value;
  freshUntil: number;
}

interface BriefCacheOptions<Value> {
  size: number;
  freshMs: number;
  /** After which it counts no more, however fresh it is. */
  endOf?: (value: Value) => Date | null;
}

/** What was read, for a moment; what is in use is read again before it is too old. Least recently used ones go first; it is never the truth. */
export class BriefCache<Value> {
  private readonly entries = new Map<string, Entry<Value>>();
  private readonly underWay = new Map<string, { since: number; value: Promise<Value> }>();
  /** Counts what was forgotten, so that an answer read before a change is not kept after it. */
  private changes = 0;
  private readonly apart = standApart();

  constructor(
    private readonly clock: Clock,
    private readonly options: BriefCacheOptions<Value>,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  /** Reads once for all who ask meanwhile, unless something was forgotten since. */
  get(key: string, read: () => Promise<Value>): Soon<Value> {
    const known = this.find(key);
    if (!known) return this.load(key, read);
    const isAging = known.freshUntil - this.clock.ms() < this.options.freshMs / 2;
    // Whoever asks all the time never waits; not in the transaction or the trace of who asks just now.
    if (isAging && !this.underWay.has(key)) this.apart(() => void this.load(key, read).catch(() => undefined));
    return known.value;
  }

  private async load(key: string, read: () => Promise<Value>): Promise<Value> {
    const asked = this.underWay.get(key);
    if (asked?.since === this.changes) return asked.value;
    const reading = { since: this.changes, value: read() };
    this.underWay.set(key, reading);
    try {
      const value = await reading.value;
      if (reading.since === this.changes) this.keep(key, value);
      return value;
    } finally {
      if (this.underWay.get(key) === reading) this.underWay.delete(key);
    }
  }

  forget(isMeant: (value: Value) => boolean): void {
    this.changes += 1;
    for (const [key, { value }] of this.entries) if (isMeant(value)) this.entries.delete(key);
  }

  private find(key: string): Entry<Value> | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    if (this.clock.ms() >= entry.freshUntil) {
      this.entries.delete(key);
      return undefined;
    }
    touch(this.entries, key, entry, this.options.size);
    return entry;
  }

  private keep(key: string, value: Value): void {
    const { size, freshMs, endOf } = this.options;
    const freshUntil = Math.min(this.clock.ms() + freshMs, endOf?.(value)?.getTime() ?? Infinity);
    this.entries.delete(key);
    this.entries.set(key, { value, freshUntil });
    const [oldest] = this.entries.keys();
    if (this.entries.size > size && oldest !== undefined) this.entries.delete(oldest);
  }
}
