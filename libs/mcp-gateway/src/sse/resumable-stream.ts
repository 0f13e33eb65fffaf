import { type Piece, type Pieces, whole } from '../json/pieces.js';
import { frameOf, primeOf, retryOf } from './frames.js';
import type { Sink } from './response-sink.js';
import { type Budget, Ring, type RingLimits } from './ring.js';

/** A stream of a session that outlives its connections: who lost one comes back for what it missed. */
export class ResumableStream {
  readonly #ring: Ring;
  #sink: Sink | undefined;
  #ended = false;
  #unreadSince: number | undefined;

  constructor(
    readonly id: string,
    readonly sessionId: string,
    limits: RingLimits,
    budget: Budget,
    /** Hears that nobody came back in time. */
    readonly onAbandoned: () => void,
  ) {
    this.#ring = new Ring(limits, budget);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Since when nobody reads; undefined while somebody does. */
  get unreadSince(): number | undefined {
    return this.#unreadSince;
  }

  prime(retryMs: number): void {
    this.#put(primeOf(this.#nextId(), retryMs));
  }

  send(message: Pieces): void {
    if (!this.#ended) this.#put(whole(frameOf(message, this.#nextId())));
  }

  finish(message?: Pieces): void {
    if (this.#ended) return;
    if (message) this.send(message);
    this.#ended = true;
    this.#sink?.end();
    this.detach(this.#sink);
  }

  /** Whether nothing is gone of what came after `seen`. */
  holds(seen: number): boolean {
    return this.#ring.after(seen) !== undefined;
  }

  /** Sends what came after `seen`, and from now on what comes. */
  attach(sink: Sink, seen = 0): void {
    const missed = this.#ring.after(seen) ?? [];
    this.#ring.acknowledge(seen);
    this.#sink?.end();
    this.#sink = sink;
    this.#unreadSince = undefined;
    if (missed.length > 0) sink.write(missed);
    if (this.#ended) {
      sink.end();
      this.detach(sink);
    }
  }

  /** The reader has gone; one that had been replaced has gone before. */
  detach(sink: Sink | undefined): void {
    if (this.#sink !== sink) return;
    this.#sink = undefined;
    this.#unreadSince = Date.now();
  }

  /** Ends the connection, not the stream. */
  release(retryMs: number): void {
    this.#sink?.end(retryOf(retryMs));
    this.detach(this.#sink);
  }

  keepAlive(now: number, afterMs: number): void {
    this.#sink?.keepAlive(now, afterMs);
  }

  /** Keeps nothing any more, whatever is still said. */
  forget(): void {
    this.#ended = true;
    this.#ring.clear();
    this.#sink?.end();
    this.#sink = undefined;
  }

  #nextId(): string {
    return `${this.id}_${this.#ring.last + 1}`;
  }

  #put(frame: Piece): void {
    this.#ring.push(frame);
    this.#sink?.write([frame]);
  }
}
