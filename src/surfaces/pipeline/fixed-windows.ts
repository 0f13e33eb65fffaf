/** Where a window stands. */
export interface WindowState {
  /** This one included. */
  used: number;
  /** Epoch milliseconds. */
  endsAt: number;
}

/**
 * Counts by key in windows that begin with the first count. Synchronous: it stands before every request. Windows end in
 * the order in which they began, so old ones are at the front; beyond `maxKeys` the oldest is forgotten.
 */
export class FixedWindows {
  private readonly windows = new Map<string, WindowState>();

  constructor(
    private readonly windowMs: number,
    private readonly maxKeys = 200_000,
  ) {}

  get size(): number {
    return this.windows.size;
  }

  take(key: string, now: number): Readonly<WindowState> {
    const open = this.windows.get(key);
    if (open && open.endsAt > now) {
      open.used += 1;
      return open;
    }
    if (open) this.windows.delete(key);
    this.makeRoom(now);
    const begun = { used: 1, endsAt: now + this.windowMs };
    this.windows.set(key, begun);
    return begun;
  }

  private makeRoom(now: number): void {
    for (const [key, { endsAt }] of this.windows) {
      if (endsAt > now && this.windows.size < this.maxKeys) return;
      this.windows.delete(key);
    }
  }
}
