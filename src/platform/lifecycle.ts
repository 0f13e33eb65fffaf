/** Whether this process still takes work. One way: what began to stop does not come back. */
export class Lifecycle {
  private readonly stopping = new AbortController();

  /** Aborted as soon as this process begins to stop: for what would wait longer than that. */
  get draining(): AbortSignal {
    return this.stopping.signal;
  }

  get isDraining(): boolean {
    return this.stopping.signal.aborted;
  }

  drain(): void {
    this.stopping.abort(new Error('The process is stopping.'));
  }
}
