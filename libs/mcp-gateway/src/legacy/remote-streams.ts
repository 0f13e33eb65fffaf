import type { ServerResponse } from 'node:http';
import { type Ageing, NOWHERE, type Pulse } from '@app/soon';
import type { Limits } from '../limits.js';
import { whole, type Piece, type Pieces } from '../json/pieces.js';
import { COMMENT } from '../sse/frames.js';
import { ResponseSink, type Sink } from '../sse/response-sink.js';
import type { EventPlace, Streams } from '../sse/streams.js';
import type { FramePart, Letters, Post } from './between-processes.js';

/** So many signs of life may be missing before the other process is taken for dead. */
const MISSED_SIGNS = 3;

/** A courier carries what a client may send, 1 MiB; what a server answers may be more. */
const LETTER_CHARACTERS = 256 * 1024;

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
    const text = whole(frame).toString();
    const count = Math.ceil(text.length / LETTER_CHARACTERS);
    if (count === 1) return this.post.send('frames', { ticket: this.ticket, text }, this.to);
    for (let index = 0; index < count; index += 1) {
      const some = text.slice(index * LETTER_CHARACTERS, (index + 1) * LETTER_CHARACTERS);
      this.post.send('frames', { ticket: this.ticket, text: some, part: { index, count } }, this.to);
    }
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
  /** Of a frame whose end has not come yet. */
  parts: string[];
  lastSign: number;
  lastTold: number;
  found: (isFound: boolean) => void;
}

interface Lent {
  takeBack: () => void;
  lastSign: number;
}

/** Streams that were begun in one process and are read in another. */
export class RemoteStreams implements Ageing {
  slot = NOWHERE;
  readonly #borrowed = new Map<string, Borrowed>();
  readonly #lent = new Map<string, Lent>();
  #count = 0;

  constructor(
    private readonly post: Post,
    private readonly streams: Streams,
    private readonly limits: Limits,
    private readonly pulse: Pulse,
  ) {
    post.on('resume', (letter, from) => this.#lend(letter, from));
    post.on('reading', ({ ticket }) => this.#noteReader(ticket));
    post.on('left', ({ ticket }) => this.#takeBack(ticket));
    post.on('found', ({ ticket, isFound }) => this.#found(ticket, isFound));
    post.on('frames', ({ ticket, text, part }) => this.#write(ticket, text, part));
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
      const now = Date.now();
      this.#borrowed.set(ticket, { response, owner: node, parts: [], lastSign: now, lastTold: now, found });
      response.once('close', () => this.#leave(ticket));
      this.post.send('resume', { session: sessionId, stream, seen, ticket }, node);
    });
    if (!isFound) this.#leave(ticket);
    return isFound;
  }

  age(now: number): void {
    if (this.#borrowed.size === 0 && this.#lent.size === 0) return this.pulse.remove(this);
    const { keepAliveMs } = this.limits;
    const isDead = (lastSign: number) => now - lastSign > keepAliveMs * MISSED_SIGNS;
    for (const [ticket, lent] of this.#lent) if (isDead(lent.lastSign)) this.#takeBack(ticket);
    for (const [ticket, borrowed] of this.#borrowed) {
      if (isDead(borrowed.lastSign)) borrowed.sink?.end();
      else if (now - borrowed.lastTold >= keepAliveMs) this.#tellOfReader(ticket, borrowed, now);
    }
  }

  #tellOfReader(ticket: string, borrowed: Borrowed, now: number): void {
    borrowed.lastTold = now;
    this.post.send('reading', { ticket }, borrowed.owner);
  }

  #noteReader(ticket: string): void {
    const lent = this.#lent.get(ticket);
    if (lent) lent.lastSign = Date.now();
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

  #write(ticket: string, text: string, { index, count }: FramePart = { index: 0, count: 1 }): void {
    const borrowed = this.#borrowed.get(ticket);
    if (!borrowed) return;
    borrowed.lastSign = Date.now();
    // A part was lost: the reader comes back for what it has not seen.
    if (borrowed.parts.length !== index) return borrowed.sink?.end();
    borrowed.parts.push(text);
    if (index < count - 1) return;
    borrowed.sink?.write([borrowed.parts.join('')]);
    borrowed.parts = [];
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
    this.#lent.set(ticket, { takeBack: () => stream.detach(sink), lastSign: Date.now() });
    this.pulse.add(this);
    stream.attach(sink, seen);
  }

  #takeBack(ticket: string): void {
    this.#lent.get(ticket)?.takeBack();
    this.#lent.delete(ticket);
  }
}
