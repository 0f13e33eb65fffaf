import type { CurrentCall } from './current-call.js';

/** The calls of one session that run now. */
export class RunningCalls {
  readonly #calls = new Map<unknown, CurrentCall>();
  readonly #onAmbiguous: () => void;

  /** @param onAmbiguous hears that a question could be of several calls, one of which could have been asked */
  constructor(onAmbiguous: () => void) {
    this.#onAmbiguous = onAmbiguous;
  }

  add(call: CurrentCall): void {
    this.#calls.set(call.progressToken, call);
  }

  remove(call: CurrentCall): void {
    this.#calls.delete(call.progressToken);
  }

  get size(): number {
    return this.#calls.size;
  }

  of(progressToken: unknown): CurrentCall | undefined {
    return this.#calls.get(progressToken);
  }

  /** The one that a message which names no call must belong to; nobody's when several run. */
  get alone(): CurrentCall | undefined {
    if (this.#calls.size !== 1) return undefined;
    for (const call of this.#calls.values()) return call;
    return undefined;
  }

  /** The one that a question which names no call must belong to. */
  get asked(): CurrentCall | undefined {
    const { alone } = this;
    if (!alone && [...this.#calls.values()].some(({ onRequest }) => onRequest)) this.#onAmbiguous();
    return alone;
  }
}
