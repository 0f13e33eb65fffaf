import { AsyncLocalStorage } from 'node:async_hooks';
import { Bag, type Baggable } from './bag.js';

/** Something that looks at its age now and then. */
export interface Ageing extends Baggable {
  age(now: number): void;
}

/** One timer for all that waits: a timer for each call would cost each call. It runs while there is something to look at. */
export class Pulse {
  readonly #members = new Bag<Ageing>();
  #timer: NodeJS.Timeout | undefined;
  /** It looks for all, so not in the surroundings of whoever came first. */
  readonly #apart = AsyncLocalStorage.snapshot();

  constructor(private readonly everyMs: number) {}

  add(member: Ageing): void {
    this.#members.add(member);
    this.#timer ??= this.#apart(() => setInterval(this.#beat, this.everyMs).unref());
  }

  remove(member: Ageing): void {
    this.#members.remove(member);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  readonly #beat = (): void => {
    if (this.#members.size === 0) return this.stop();
    const now = Date.now();
    for (const member of this.#members) member.age(now);
  };
}
