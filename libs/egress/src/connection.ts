import { createGathering } from '@app/soon';
import type { Socket } from 'node:net';
import { errors } from 'undici';
import { findRefusal } from './refused.js';
import type { ResponseHeaders } from './response-head.js';
import { ResponseParser, type ResponseSink } from './response-parser.js';
import { takeReads } from './shared-reads.js';

/** Who hears of an answer as it comes. After `failed`, `ended` or its own cut nothing more is heard. */
export interface EgressReceiver {
  /** The first byte of the request is about to leave. `cut` ends the exchange and its connection. */
  leaving(cut: () => void): void;
  answered(status: number, headers: ResponseHeaders): void;
  /** The bytes are good until it returns: what is kept of them is copied. */
  received(chunk: Buffer): void;
  ended(): void;
  failed(error: unknown): void;
}

export interface Outgoing {
  /** Request line and fields, without Content-Length and the empty line. */
  head: string;
  body: string | undefined;
  receiver: EgressReceiver;
}

export interface ConnectionOwner {
  /** An exchange is over, and the connection could carry another. */
  free(connection: Connection): void;
  /** It is closed. */
  gone(connection: Connection): void;
}

/** Requests, to whichever server. */
const writeTogether = createGathering();
const IDLE_MS = 4_000;
const MAX_IDLE_MS = 60_000;
const KEEP_ALIVE_TIMEOUT = /(?:^|[\s,;])timeout=([0-9]{1,6})(?=$|[\s,;])/i;

/** A socket to one origin, with `sharedReads`, that carries one exchange at a time. What comes while it carries none closes it. */
export class Connection implements ResponseSink {
  readonly #socket: Socket;
  readonly #owner: ConnectionOwner;
  readonly #parser = new ResponseParser(this);
  #receiver: EgressReceiver | undefined;
  /** Of the request: what is about to leave. */
  #unsent: string | Buffer | undefined;
  #keepsAwake = true;
  #keepAlive: string | undefined;
  #idleMs = IDLE_MS;
  #idleUntil = 0;

  /** @param socket that is connected */
  constructor(socket: Socket, owner: ConnectionOwner) {
    this.#socket = socket;
    this.#owner = owner;
    takeReads(socket, (bytes) => this.#take(bytes));
    socket.on('end', () => this.#finish());
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => {
      if (this.#receiver) this.#fail(otherSideClosed());
      owner.gone(this);
    });
  }

  get open(): boolean {
    return !this.#socket.destroyed && this.#socket.writable;
  }

  /** @param now of `performance.now()` */
  isStale(now: number): boolean {
    return now >= this.#idleUntil;
  }

  /** Only while it carries nothing. */
  begin({ head, body, receiver }: Outgoing): void {
    this.#receiver = receiver;
    this.#parser.reset();
    if (!this.#keepsAwake) this.#socket.ref();
    this.#keepsAwake = true;
    try {
      receiver.leaving(() => {
        if (this.#receiver === receiver) this.destroy();
      });
    } catch (error) {
      return this.#fail(error);
    }
    if (this.#receiver === receiver) this.#write(head, body);
  }

  answered(status: number, headers: ResponseHeaders): void {
    this.#receiver?.answered(status, headers);
  }

  received(chunk: Buffer): void {
    this.#receiver?.received(chunk);
  }

  /** Whoever waits hears nothing. */
  destroy(): void {
    this.#receiver = undefined;
    this.#socket.destroy();
  }

  /** The process may end while it is idle. */
  letSleep(): void {
    if (this.#keepsAwake) this.#socket.unref();
    this.#keepsAwake = false;
  }

  /** Whoever waits hears of it. */
  abort(error: Error): void {
    this.#fail(error);
  }

  #write(head: string, body: string | undefined): void {
    const size = body === undefined ? 0 : Buffer.byteLength(body);
    const whole = body === undefined ? `${head}\r\n` : `${head}content-length: ${size}\r\n\r\n`;
    if (body === undefined) this.#unsent = whole;
    else if (size === body.length) this.#unsent = whole + body;
    else this.#unsent = Buffer.concat([Buffer.from(whole, 'latin1'), Buffer.from(body)]);
    writeTogether(this.#send);
  }

  readonly #send = (): void => {
    const unsent = this.#unsent;
    this.#unsent = undefined;
    if (unsent === undefined || this.#socket.destroyed) return;
    if (typeof unsent === 'string') this.#socket.write(unsent, 'latin1');
    else this.#socket.write(unsent);
  };

  #take(bytes: Buffer): void {
    const receiver = this.#receiver;
    if (!receiver) return this.destroy();
    try {
      if (!this.#parser.push(bytes)) return;
    } catch (error) {
      // Of the bytes, or of who hears of them.
      if (this.#receiver === receiver) this.#fail(error);
      return;
    }
    if (this.#receiver !== receiver) return;
    this.#complete(receiver, this.#parser.persistent);
  }

  #finish(): void {
    const receiver = this.#receiver;
    if (receiver && this.#parser.finish()) this.#complete(receiver, false);
    else this.#fail(otherSideClosed());
  }

  #complete(receiver: EgressReceiver, persistent: boolean): void {
    this.#receiver = undefined;
    // Where the server answered before it had read the request, the rest of it is still on its way.
    if (persistent && this.#unsent === undefined && this.#socket.writableLength === 0) this.#rest();
    else this.destroy();
    try {
      receiver.ended();
    } catch (error) {
      receiver.failed(error);
    }
  }

  #rest(): void {
    const { keepAlive } = this.#parser;
    if (keepAlive !== this.#keepAlive) {
      this.#keepAlive = keepAlive;
      this.#idleMs = idleTime(keepAlive);
    }
    if (this.#idleMs <= 0) return this.destroy();
    this.#idleUntil = performance.now() + this.#idleMs;
    this.#owner.free(this);
  }

  #fail(error: unknown): void {
    const receiver = this.#receiver;
    this.destroy();
    receiver?.failed(findRefusal(error) ?? error);
  }
}

/** In milliseconds: a second less than the server waits, for what is on its way when it gives up. */
function idleTime(keepAlive: string | undefined): number {
  const timeout = keepAlive === undefined ? undefined : KEEP_ALIVE_TIMEOUT.exec(keepAlive)?.[1];
  return timeout === undefined ? IDLE_MS : Math.min(Number(timeout) * 1000 - 1000, MAX_IDLE_MS);
}

const otherSideClosed = () => new errors.SocketError('other side closed');
