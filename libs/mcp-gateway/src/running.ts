import type { Conversation } from './conversation.js';

export interface RunningRequest {
  key: string;
  sessionId?: string;
  talk: Conversation;
}

/** Requests that have no answer yet. */
export class Running {
  readonly #all = new Map<string, RunningRequest>();
  #count = 0;
  #whenIdle: (() => void)[] = [];

  get size(): number {
    return this.#all.size;
  }

  nextName(): string {
    return String(++this.#count);
  }

  add(name: string, request: RunningRequest): void {
    this.#all.set(name, request);
  }

  remove(name: string, request: RunningRequest): void {
    if (this.#all.get(name) === request) this.#all.delete(name);
    if (this.#all.size > 0 || this.#whenIdle.length === 0) return;
    for (const tell of this.#whenIdle.splice(0)) tell();
  }

  /** @returns whether it was running here */
  interrupt(name: string, reason: string): boolean {
    const request = this.#all.get(name);
    request?.talk.signal.interrupt(reason);
    return request !== undefined;
  }

  interruptAll(reason: string, belongs: (request: RunningRequest) => boolean = () => true): void {
    for (const request of this.#all.values()) if (belongs(request)) request.talk.signal.interrupt(reason);
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
