import type { Deadline } from './deadline.js';

interface Waiter {
  resolve: () => void;
}

/** A bounded number of places and, for when all are taken, a bounded queue. */
export class Places {
  readonly #size: number;
  readonly #mostWaiting: number;
  readonly #waiting: Waiter[] = [];
  #taken = 0;

  constructor({ size, mostWaiting }: { size: number; mostWaiting: number }) {
    this.#size = size;
    this.#mostWaiting = mostWaiting;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Takes a place if one is free and nobody waits for it. */
  takeFree(): boolean {
    if (this.#taken >= this.#size) return false;
    this.#taken += 1;
    return true;
  }

  /** @returns false when the queue is full or the deadline ends first */
  async take(deadline: Deadline): Promise<boolean> {
    if (deadline.ended) return false;
    if (this.takeFree()) return true;
    if (this.#waiting.length >= this.#mostWaiting) return false;
    return new Promise((resolve) => {
      const stopListening = deadline.onEnd(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        resolve(false);
      });
      const waiter: Waiter = {
        resolve: () => {
          stopListening();
          resolve(true);
        },
      };
      this.#waiting.push(waiter);
    });
  }

  /** A place that comes free goes to who waits longest. */
  giveBack(): void {
    const next = this.#waiting.shift();
    if (next) next.resolve();
    else this.#taken -= 1;
  }
}
