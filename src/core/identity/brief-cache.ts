import type { Principal } from './principal.js';

interface Entry {
  principal: Principal;
  /** Epoch milliseconds; after it the answer is asked for again. */
  freshUntil: number;
}

/** Who a token belongs to, for a moment. Least recently used ones go first; it is never the truth. */
export class PrincipalCache {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly maxEntries: number,
    private readonly freshMs: number,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  find(key: string, now: Date): Principal | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    this.entries.delete(key);
    if (now.getTime() >= entry.freshUntil) return undefined;
    this.entries.set(key, entry);
    return entry.principal;
  }

  keep(key: string, principal: Principal, now: Date): void {
    const freshUntil = Math.min(now.getTime() + this.freshMs, principal.expiresAt?.getTime() ?? Infinity);
    this.entries.delete(key);
    this.entries.set(key, { principal, freshUntil });
    const [oldest] = this.entries.keys();
    if (this.entries.size > this.maxEntries && oldest !== undefined) this.entries.delete(oldest);
  }

  forget(isMeant: (principal: Principal) => boolean): void {
    for (const [key, { principal }] of this.entries) if (isMeant(principal)) this.entries.delete(key);
  }
}
