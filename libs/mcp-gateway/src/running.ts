import { Bag, type Baggable } from '@app/soon';
import type { Conversation } from './conversation.js';
import type { MessageId } from './json/message.js';

export interface RunningRequest extends Baggable {
  key: string;
  /** With its id what it is interrupted by, in whatever process it runs; the modern era has no sessions. */
  sessionId: string | undefined;
  id: MessageId;
  talk: Conversation;
}

/** Requests that have no answer yet. */
export class Running {
  readonly #all = new Bag<RunningRequest>();
  #whenIdle: (() => void)[] = [];

  get size(): number {
    return this.#all.size;
  }

  add(request: RunningRequest): void {
    this.#all.add(request);
  }

  /** It has its answer. */
  remove(request: RunningRequest): void {
    this.#all.remove(request);
    if (this.#all.size > 0 || this.#whenIdle.length === 0) return;
    for (const tell of this.#whenIdle.splice(0)) tell();
  }

  /** @returns whether it was running here */
  interrupt(sessionId: string, id: MessageId, reason: string): boolean {
    const meant = [...this.#all].filter((request) => request.id === id && request.sessionId === sessionId);
    for (const { talk } of meant) talk.signal.interrupt(reason);
    return meant.length > 0;
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
}
