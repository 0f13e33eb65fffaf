import type { CurrentCall } from './current-call.js';

/** What is said of a call may come this much later than its answer, which came another way. */
const LATE_MS = 100;
/** A server may ask on for a call that was given up, until it hears of that. */
const LINGER_MS = 30_000;

export interface RunningOptions {
  /** All comes in one order: what is said after an answer is of another call. */
  oneStream: boolean;
  /** Hears that a question could be of several calls, one of which could have been asked. */
  onAmbiguous: () => void;
}

/** The calls of one session that run now. */
export class RunningCalls {
  /** A few dozen at most; a table by token would be made anew for every few dozen calls. */
  readonly #calls: CurrentCall[] = [];
  readonly #options: RunningOptions;
  #lateUntil = 0;
  #lingersUntil = 0;

  constructor(options: RunningOptions) {
    this.#options = options;
  }

  add(call: CurrentCall): void {
    this.#calls.push(call);
  }

  /** @param mayRun the server may still be at work on it */
  remove(call: CurrentCall, mayRun: boolean): void {
    const at = this.#calls.indexOf(call);
    const last = at < 0 ? undefined : this.#calls.pop();
    if (last && last !== call) this.#calls[at] = last;
    if (this.#options.oneStream) return;
    const now = performance.now();
    this.#lateUntil = now + LATE_MS;
    if (mayRun) this.#lingersUntil = now + LINGER_MS;
  }

  get size(): number {
    return this.#calls.length;
  }

  of(progressToken: unknown): CurrentCall | undefined {
    return this.#calls.find((call) => call.progressToken === progressToken);
  }

  /** The one that a message which names no call must belong to; nobody's where it could be of another. */
  get alone(): CurrentCall | undefined {
    return performance.now() < this.#lateUntil ? undefined : this.#only;
  }

  /** The one that a question which names no call must belong to. */
  get asked(): CurrentCall | undefined {
    const only = performance.now() < this.#lingersUntil ? undefined : this.#only;
    if (!only && this.#calls.some(({ onRequest }) => onRequest)) this.#options.onAmbiguous();
    return only;
  }

  get #only(): CurrentCall | undefined {
    return this.#calls.length === 1 ? this.#calls[0] : undefined;
  }
}
