import { UpstreamError } from './upstream-error.js';

/** A session that can ask its server to say when resources change. */
export interface Subscriber {
  /** Whether the server still hears it. */
  readonly reusable: boolean;
  /** @throws UpstreamError */
  subscribe(uri: string): Promise<void>;
  unsubscribe(uri: string): Promise<void>;
}

interface Held {
  count: number;
  by: Subscriber;
  asked: Promise<void>;
}

const MOST_HELD = 200;

/** The resources of one target that somebody wants to hear of, each asked for once, by one of the sessions with it. */
export class ResourceSubscriptions {
  readonly #held = new Map<string, Held>();

  get size(): number {
    return this.#held.size;
  }

  /** @throws UpstreamError */
  async add(uri: string, by: Subscriber): Promise<void> {
    const known = this.#held.get(uri);
    if (known) {
      known.count += 1;
      if (!known.by.reusable) this.adopt(by);
      return known.asked;
    }
    if (this.#held.size >= MOST_HELD) throw tooMany();
    const held: Held = { count: 1, by, asked: Promise.resolve() };
    this.#held.set(uri, held);
    held.asked = by.subscribe(uri);
    try {
      await held.asked;
    } catch (error) {
      this.#held.delete(uri);
      throw error;
    }
  }

  /** Nobody hears of some of them any more. */
  get orphaned(): boolean {
    return [...this.#held.values()].some(({ by }) => !by.reusable);
  }

  async remove(uri: string): Promise<void> {
    const held = this.#held.get(uri);
    if (!held || --held.count > 0) return;
    this.#held.delete(uri);
    if (held.by.reusable) await held.by.unsubscribe(uri);
  }

  /** What this one asked for. */
  of(by: Subscriber): string[] {
    return [...this.#held].filter(([, held]) => held.by === by).map(([uri]) => uri);
  }

  /** Asks for what nobody hears of any more. */
  adopt(by: Subscriber): void {
    for (const [uri, held] of this.#held) {
      if (held.by.reusable) continue;
      held.by = by;
      held.asked = by.subscribe(uri);
      // Who waits is told; a resource that is gone now is nobody's fault.
      held.asked.catch(() => undefined);
    }
  }
}

const tooMany = () =>
  new UpstreamError('UPSTREAM_BUSY', `More than ${MOST_HELD} resources of this server are watched.`, {
    requestSent: false,
    fix: 'Watch fewer of them.',
  });
