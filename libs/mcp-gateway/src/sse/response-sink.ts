import type { ServerResponse } from 'node:http';
import type { Piece, Pieces } from '../json/pieces.js';
import { carriedBeside } from '../http/send.js';
import { COMMENT } from './frames.js';

/** Where the events of a stream go. */
export interface Sink {
  write(frame: Pieces): void;
  /** After so much silence something is sent that means nothing. */
  keepAlive(now: number, afterMs: number): void;
  end(last?: Piece): void;
}

const HEADERS = [
  'content-type',
  'text/event-stream',
  'cache-control',
  'no-cache, no-transform',
  // Asks nginx not to hold events back.
  'x-accel-buffering',
  'no',
];

/** The body of a response as an event stream. Its `close` tells the owner of the stream that the reader has gone. */
export class ResponseSink implements Sink {
  #lastWrite = Date.now();

  constructor(
    private readonly response: ServerResponse,
    private readonly maxUnreadBytes: number,
    headers: readonly string[] = [],
  ) {
    response.writeHead(200, [...HEADERS, ...headers, ...carriedBeside(response, HEADERS)]);
  }

  write(frame: Pieces): void {
    if (this.response.writableEnded || this.response.destroyed) return;
    if (this.response.writableLength > this.maxUnreadBytes) {
      this.response.destroy();
      return;
    }
    this.#lastWrite = Date.now();
    for (const piece of frame) this.response.write(piece);
  }

  keepAlive(now: number, afterMs: number): void {
    if (now - this.#lastWrite >= afterMs) this.write([COMMENT]);
  }

  end(last?: Piece): void {
    if (this.response.writableEnded || this.response.destroyed) return;
    if (last === undefined) this.response.end();
    else this.response.end(last);
  }

  /** Sends the head, where nothing else is said at once. */
  open(): void {
    this.response.flushHeaders();
  }
}
