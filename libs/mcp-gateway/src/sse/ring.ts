import type { Piece } from '../json/pieces.js';

/** What all rings of a process may hold together. */
export class Budget {
  #used = 0;

  constructor(readonly maxBytes: number) {}

  get used(): number {
    return this.#used;
  }

  get left(): number {
    return this.maxBytes - this.#used;
  }

  take(bytes: number): void {
    this.#used += bytes;
  }

  give(bytes: number): void {
    this.#used -= bytes;
  }
}

export interface RingLimits {
  maxEvents: number;
  maxBytes: number;
}

/** The last events of a stream, numbered without gaps, as many as the limits allow. */
export class Ring {
  #frames: Piece[] = [];
  #bytes = 0;
  /** Of the newest event; 0 before any. */
  #last = 0;

  constructor(
    private readonly limits: RingLimits,
    private readonly budget: Budget,
  ) {}

  get last(): number {
    return this.#last;
  }

  /** One that is too large to be kept leaves a ring that starts after it. */
  push(frame: Piece): void {
    this.#last++;
    this.#frames.push(frame);
    this.#bytes += frame.length;
    this.budget.take(frame.length);
    while (this.#frames.length > 0 && this.#isOver()) this.#dropOldest();
  }

  /** What came after that number; undefined when some of it is gone, or never was. */
  after(seen: number): readonly Piece[] | undefined {
    const first = this.#last - this.#frames.length;
    if (seen < first || seen > this.#last) return undefined;
    return this.#frames.slice(seen - first);
  }

  /** The reader has these. */
  acknowledge(seen: number): void {
    while (this.#frames.length > 0 && this.#last - this.#frames.length < seen) this.#dropOldest();
  }

  clear(): void {
    this.budget.give(this.#bytes);
    this.#bytes = 0;
    this.#frames = [];
  }

  #isOver(): boolean {
    return this.#frames.length > this.limits.maxEvents || this.#bytes > this.limits.maxBytes || this.budget.left < 0;
  }

  #dropOldest(): void {
    const length = this.#frames.shift()?.length ?? 0;
    this.#bytes -= length;
    this.budget.give(length);
  }
}
