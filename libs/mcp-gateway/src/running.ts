import { Bag, type Baggable, NOWHERE } from './bag.js';
import type { Conversation } from './conversation.js';

export interface RunningRequest {
  /** By which it is interrupted, in whatever process it runs; the modern era has no such names. */
  name?: string;
  key: string;
  sessionId?: string;
  talk: Conversation;
}

type Entry = RunningRequest & Baggable;

/** Requests that have no answer yet. */
export class Running {
  readonly #all = new Bag<Entry>();
  #whenIdle: (() => void)[] = [];

  get size(): number {
    return this.#all.size;
  }

  /** @returns what ends it */
  add(request: RunningRequest): () => void {
    const entry = { ...request, slot: NOWHERE };
    this.#all.add(entry);
    return () => this.#remove(entry);
  }

  /** @returns whether it was running here */
  interrupt(name: string, reason: string): boolean {
    const named = [...this.#all].filter((request) => request.name === name);
    for (const { talk } of named) talk.signal.interrupt(reason);
    return named.length > 0;
  }

  interruptAll(reason: string, belongs: (request: RunningRequest) => boolean = () => true): void {
    for (const request of this.#all) if (belongs(request)) request.talk.signal.interrupt(reason);
  }

  /** @returns whether nothing runs any more before the time is up */
  idle(timeoutMs: number): Promise<boolean> {
    if (this.#all.size === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), timeoutMs);
      this.#whenIdle.push(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  #remove(entry: Entry): void {
    this.#all.remove(entry);
    if (this.#all.size > 0 || this.#whenIdle.length === 0) return;
    for (const tell of this.#whenIdle.splice(0)) tell();
  }
}
