import type { ServerResponse } from 'node:http';
import type { Limits } from '../limits.js';
import { whole, type Piece, type Pieces } from '../json/pieces.js';
import type { Ageing, Pulse } from '../pulse.js';
import { COMMENT } from '../sse/frames.js';
import { ResponseSink, type Sink } from '../sse/response-sink.js';
import type { EventPlace, Streams } from '../sse/streams.js';
import type { Letters, Post } from './between-processes.js';

/** So many signs of life may be missing before the other process is taken for dead. */
const MISSED_SIGNS = 3;

/** Events go to the process that has the connection. */
class LetterSink implements Sink {
  #lastWrite = Date.now();

  constructor(
    private readonly post: Post,
    private readonly to: string,
    private readonly ticket: string,
  ) {}

  write(frame: Pieces): void {
    this.#lastWrite = Date.now();
    this.post.send('frames', { ticket: this.ticket, text: whole(frame).toString() }, this.to);
  }

  keepAlive(now: number, afterMs: number): void {
    if (now - this.#lastWrite >= afterMs) this.write([COMMENT]);
  }

  end(last?: Piece): void {
    if (last !== undefined) this.write([last]);
    this.post.send('over', { ticket: this.ticket }, this.to);
  }
}

interface Borrowed {
  response: ServerResponse;
  owner: string;
  sink?: ResponseSink;
  lastSign: number;
  found: (isFound: boolean) => void;
}

/** Streams that were begun in one process and are read in another. */
export class RemoteStreams implements Ageing {
  readonly #borrowed = new Map<string, Borrowed>();
  readonly #lent = new Map<string, () => void>();
  #count = 0;

  constructor(
    private readonly post: Post,
    private readonly streams: Streams,
    private readonly limits: Limits,
    private readonly pulse: Pulse,
  ) {
    post.on('resume', (letter, from) => this.#lend(letter, from));
    post.on('left', ({ ticket }) => this.#takeBack(ticket));
    post.on('found', ({ ticket, isFound }) => this.#found(ticket, isFound));
    post.on('frames', ({ ticket, text }) => this.#write(ticket, text));
    post.on('over', ({ ticket }) => this.#borrowed.get(ticket)?.sink?.end());
  }

  /** @returns false when that process has no such stream any more, or does not say so in time */
  async borrow(response: ServerResponse, sessionId: string, { node, stream, seen }: EventPlace): Promise<boolean> {
    const ticket = `${this.post.node}-${(++this.#count).toString(36)}`;
    const isFound = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), this.limits.courierTimeoutMs);
      const found = (answer: boolean) => {
        clearTimeout(timer);
        resolve(answer);
      };
      this.#borrowed.set(ticket, { response, owner: node, lastSign: Date.now(), found });
      response.once('close', () => this.#leave(ticket));
      this.post.send('resume', { session: sessionId, stream, seen, ticket }, node);
    });
    if (!isFound) this.#leave(ticket);
    return isFound;
  }

  age(now: number): void {
    if (this.#borrowed.size === 0) return this.pulse.remove(this);
    for (const { lastSign, sink } of this.#borrowed.values()) {
      if (now - lastSign > this.limits.keepAliveMs * MISSED_SIGNS) sink?.end();
    }
  }

  #found(ticket: string, isFound: boolean): void {
    const borrowed = this.#borrowed.get(ticket);
    if (!borrowed || borrowed.sink) return;
    if (isFound) {
      borrowed.sink = new ResponseSink(borrowed.response, this.limits.maxUnreadBytes);
      borrowed.sink.open();
      this.pulse.add(this);
    }
    borrowed.found(isFound);
  }

  #write(ticket: string, text: string): void {
    const borrowed = this.#borrowed.get(ticket);
    if (!borrowed) return;
    borrowed.lastSign = Date.now();
    borrowed.sink?.write([text]);
  }

  #leave(ticket: string): void {
    const borrowed = this.#borrowed.get(ticket);
    if (!borrowed) return;
    this.#borrowed.delete(ticket);
    this.post.send('left', { ticket }, borrowed.owner);
    borrowed.found(false);
  }

  #lend({ session, stream: id, seen, ticket }: Letters['resume'], to: string): void {
    const stream = this.streams.find(id, session);
    const isFound = stream?.holds(seen) ?? false;
    this.post.send('found', { ticket, isFound }, to);
    if (!stream || !isFound) return;
    const sink = new LetterSink(this.post, to, ticket);
    this.#lent.set(ticket, () => stream.detach(sink));
    stream.attach(sink, seen);
  }

  #takeBack(ticket: string): void {
    this.#lent.get(ticket)?.();
    this.#lent.delete(ticket);
  }
}
