interface Limits {
  count: number;
  bytes: number;
  batch: number;
}

/** What this process has to say, while it waits: bounded, sent in batches, one batch at a time. */
export class Outbox<Item extends { text: string }> {
  private waiting: Item[] = [];
  private bytes = 0;
  private sending = false;

  constructor(
    private readonly limits: Limits,
    /** Sends one batch; when it throws the batch is lost. */
    private readonly send: (batch: Item[]) => Promise<void>,
    private readonly onLost: (error: Error) => void,
  ) {}

  /** False when there was no room for it. */
  add(item: Item): boolean {
    const { length } = item.text;
    if (this.waiting.length >= this.limits.count || this.bytes + length > this.limits.bytes) return false;
    this.waiting.push(item);
    this.bytes += length;
    return true;
  }

  /** Until nothing waits, or `isOpen` says no. */
  async flush(isOpen: () => boolean): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    try {
      while (this.waiting.length > 0 && isOpen()) {
        const batch = this.waiting.splice(0, this.limits.batch);
        for (const { text } of batch) this.bytes -= text.length;
        await this.send(batch).catch(this.onLost);
      }
    } finally {
      this.sending = false;
    }
  }

  /** @returns how many were dropped */
  clear(): number {
    const dropped = this.waiting.length;
    this.waiting = [];
    this.bytes = 0;
    return dropped;
  }
}
