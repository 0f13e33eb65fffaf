export interface SeenCall {
  tool: string;
  arguments: Record<string, unknown>;
  /** What came beside the arguments. */
  meta?: Record<string, unknown> | undefined;
  /** Aborts when the caller gave up or went away. */
  signal: AbortSignal;
}

const PATIENCE_MS = 20_000;

/** What a scripted server has seen, and what it is told to do next. */
export class UpstreamMemory {
  readonly calls: SeenCall[] = [];
  /** What a tool says of itself; another word is another definition. */
  readonly descriptions = new Map<string, string>();
  private readonly failures = new Map<string, number>();
  private readonly removed = new Set<string>();
  private readonly watchers = new Set<() => void>();
  private gate = new AbortController();

  begin(call: SeenCall): void {
    this.calls.push(call);
    for (const watcher of [...this.watchers]) watcher();
  }

  /** How often the tool was called, with this label where one is given. */
  count(tool: string, label?: string): number {
    return this.of(tool, label).length;
  }

  of(tool: string, label?: string): SeenCall[] {
    return this.calls.filter((call) => call.tool === tool && (label === undefined || call.arguments.label === label));
  }

  /** Once the tool was called with the label so many times. */
  async called(tool: string, label: string, times = 1): Promise<SeenCall> {
    const giveUpAt = Date.now() + PATIENCE_MS;
    for (;;) {
      const call = this.of(tool, label)[times - 1];
      if (call) return call;
      if (Date.now() > giveUpAt) throw new Error(`${tool} was not called ${times} times with ${label}.`);
      await this.change(giveUpAt - Date.now());
    }
  }

  /** Lets all calls of `hold` and `hold_write` end that wait now. */
  release(): void {
    this.gate.abort();
    this.gate = new AbortController();
  }

  /** Until `release`; throws when the caller goes first. */
  async held(signal: AbortSignal): Promise<void> {
    const released = this.gate.signal;
    await new Promise<void>((resolve, reject) => {
      released.addEventListener('abort', () => resolve(), { once: true });
      signal.addEventListener('abort', () => reject(new Error('The caller went away.')), { once: true });
    });
  }

  /** `flaky` fails so many times for the label, then works. */
  failNext(label: string, times: number): void {
    this.failures.set(label, times);
  }

  mayFail(label: string): boolean {
    const left = this.failures.get(label) ?? 0;
    this.failures.set(label, left - 1);
    return left > 0;
  }

  describe(tool: string, words: string): void {
    this.descriptions.set(tool, words);
  }

  remove(tool: string): void {
    this.removed.add(tool);
  }

  restore(tool: string): void {
    this.removed.delete(tool);
  }

  has(tool: string): boolean {
    return !this.removed.has(tool);
  }

  private change(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.watchers.delete(done);
        resolve();
      };
      const timer = setTimeout(done, withinMs);
      this.watchers.add(done);
    });
  }
}
