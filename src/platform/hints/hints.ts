import type { Logger } from '../logging/logger.js';
import type { HintCarrier } from './hint-carrier.js';

export type HintListener = (data: unknown) => void;

/**
 * Nudges between and inside processes. One may be lost: whoever acts on them must also be right without.
 * In this process a hint arrives at once, elsewhere after a few milliseconds.
 */
export class Hints {
  private readonly listeners = new Map<string, Set<HintListener>>();
  private readonly onGap = new Set<() => void>();

  constructor(
    private readonly carrier: HintCarrier,
    private readonly logger: Logger,
  ) {}

  /** False while hints of other processes may not reach this one: who looks for what was missed looks more often then. */
  get areCarried(): boolean {
    return this.carrier.isConnected;
  }

  /** Whether a hint reaches only processes that listen to its topic: then it may say more than that there is news. */
  get areForListeners(): boolean {
    return this.carrier.isForListeners;
  }

  async start(): Promise<void> {
    await this.carrier.start({
      onHint: ({ topic, data }) => this.receive(topic, data),
      onGap: () => {
        for (const listener of [...this.onGap]) listener();
      },
    });
  }

  async stop(): Promise<void> {
    await this.carrier.stop();
  }

  /** `data` that is too large for the carrier stays in this process. */
  publish(topic: string, data: unknown = null): void {
    this.dispatch(topic, data);
    this.carrier.send({ topic, data });
  }

  subscribe(topic: string, listener: HintListener): () => void {
    const set = this.listeners.get(topic) ?? new Set();
    if (set.size === 0) this.carrier.listen(topic);
    set.add(listener);
    this.listeners.set(topic, set);
    return () => {
      if (!set.delete(listener) || set.size > 0 || this.listeners.get(topic) !== set) return;
      this.listeners.delete(topic);
      this.carrier.unlisten(topic);
    };
  }

  /** Called when hints may have been missed. */
  subscribeToGaps(listener: () => void): () => void {
    this.onGap.add(listener);
    return () => this.onGap.delete(listener);
  }

  private dispatch(topic: string, data: unknown): void {
    for (const listener of [...(this.listeners.get(topic) ?? [])]) listener(data);
  }

  /** What comes from outside must not end the process, whatever a process of another version sends. */
  private receive(topic: string, data: unknown): void {
    try {
      this.dispatch(topic, data);
    } catch (error) {
      this.logger.warn({ err: error }, 'a hint could not be acted on');
    }
  }
}
