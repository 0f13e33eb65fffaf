import type { ServerResponse } from 'node:http';
import { type Ageing, createGathering, NOWHERE, type Pulse } from '@app/soon';
import type { Pieces } from '../json/pieces.js';
import type { Limits } from '../limits.js';
import { sendJson } from './send.js';
import { whenGone } from './when-gone.js';

const answerTogether = createGathering();

/** The way to the client of one request: what comes before the answer, and the answer. */
export interface Answer {
  send(message: Pieces): void;
  finish(message: Pieces, status: number): void;
  /** Nothing can be asked on it, since nothing is sent before the answer. */
  readonly isOneWay: boolean;
  /** Lets go of the connection; absent where the client could not come back. */
  readonly release?: (() => void) | undefined;
}

/** The stream that an answer turns into when there is more to say than the answer. */
export interface Channel {
  send(message: Pieces): void;
  finish(message: Pieces): void;
  keepAlive(now: number, afterMs: number): void;
  /** The connection has closed. @returns whether the client may come back */
  leave(): boolean;
  /** Ends the connection, not the stream. */
  release?(): void;
}

/**
 * One JSON document, unless something is to be told before it, or it takes long. There is one for each call: a function
 * that its constructor kept on it would have V8 take many of them, with all they hold, for what lives long.
 */
export class PostAnswer implements Answer, Ageing {
  slot = NOWHERE;
  readonly isOneWay = false;
  readonly #canComeBack: boolean;
  #channel: Channel | undefined;
  #isOver = false;
  readonly #since = Date.now();

  constructor(
    private readonly response: ServerResponse,
    private readonly limits: Limits,
    private readonly pulse: Pulse,
    private readonly open: () => Channel,
    private readonly onGone: () => void,
    options: { canComeBack: boolean },
  ) {
    this.#canComeBack = options.canComeBack;
    whenGone(response, () => this.#left());
    pulse.add(this);
  }

  get release(): (() => void) | undefined {
    return this.#canComeBack ? () => this.#release() : undefined;
  }

  send(message: Pieces): void {
    if (!this.#isOver) this.#stream().send(message);
  }

  finish(message: Pieces, status: number): void {
    if (this.#isOver) return;
    this.#over();
    if (this.#channel) this.#channel.finish(message);
    else this.#answer(message, status);
  }

  #answer(message: Pieces, status: number): void {
    const { response } = this;
    response.statusCode = status;
    answerTogether(() => sendJson(response, status, message));
  }

  #release(): void {
    if (!this.#isOver) this.#stream().release?.();
  }

  age(now: number): void {
    if (!this.#channel && now - this.#since >= this.limits.streamAfterMs) this.#stream();
    this.#channel?.keepAlive(now, this.limits.keepAliveMs);
  }

  #stream(): Channel {
    return (this.#channel ??= this.open());
  }

  #over(): void {
    this.#isOver = true;
    this.pulse.remove(this);
  }

  #left(): void {
    if (this.#isOver || this.#channel?.leave()) return;
    this.#over();
    this.onGone();
  }
}
