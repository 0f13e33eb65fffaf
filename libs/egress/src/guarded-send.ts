import type { EgressReceiver } from './connection.js';
import type { Connections } from './connections.js';
import type { DispatcherOptions } from './connector.js';
import type { Destination } from './judge.js';
import { followRedirect, isRedirect } from './redirects.js';
import { EgressRefused } from './refused.js';
import { fieldLines, requestHead } from './request-head.js';
import type { ResponseHeaders } from './response-head.js';

export interface EgressRequest extends DispatcherOptions {
  destination: Destination;
  method: 'GET' | 'POST' | 'DELETE';
  /** Names and values by turns. Cheapest is the same array each time; it must not change. */
  headers: readonly string[];
  /** More of them, of this request alone. */
  extra?: readonly string[];
  body?: string;
}

/**
 * Sends one request through the guard, without the objects of the Fetch standard, which cost more than a whole call.
 * Redirects within the origin are followed where they keep method and body (307, 308, and any of a GET).
 */
export function guardedSend(connections: Connections, request: EgressRequest, receiver: EgressReceiver): void {
  new Hop(connections, request, receiver, 0).send();
}

/** One request of those that redirects may make of one. */
class Hop implements EgressReceiver {
  readonly #connections: Connections;
  readonly #request: EgressRequest;
  readonly #receiver: EgressReceiver;
  readonly #before: number;
  #cut: (() => void) | undefined;
  #location: string | undefined;
  #status = 0;

  constructor(connections: Connections, request: EgressRequest, receiver: EgressReceiver, before: number) {
    this.#connections = connections;
    this.#request = request;
    this.#receiver = receiver;
    this.#before = before;
  }

  send(): void {
    const { destination, headers, extra, body = this.#request.method === 'POST' ? '' : undefined } = this.#request;
    try {
      const head = requestHead(this.#request, headers);
      const whole = extra && extra.length > 0 ? head + fieldLines(extra) : head;
      this.#connections.send(destination, this.#request, { head: whole, body, receiver: this });
    } catch (error) {
      this.#receiver.failed(error);
    }
  }

  leaving(cut: () => void): void {
    this.#cut = cut;
    this.#receiver.leaving(cut);
  }

  answered(status: number, headers: ResponseHeaders): void {
    if (isRedirect(status) && headers.location !== undefined) {
      this.#status = status;
      this.#location = headers.location;
    } else {
      this.#receiver.answered(status, headers);
    }
  }

  received(chunk: Buffer): void {
    if (this.#location === undefined) return this.#receiver.received(chunk);
    // The page of a redirect is of no interest, however long it is.
    this.#cut?.();
    this.#follow(this.#location);
  }

  ended(): void {
    if (this.#location === undefined) this.#receiver.ended();
    else this.#follow(this.#location);
  }

  failed(error: unknown): void {
    this.#receiver.failed(error);
  }

  #follow(location: string): void {
    const { destination, method } = this.#request;
    try {
      if (this.#status < 307 && method !== 'GET') throw changesMethod();
      const next = followRedirect(destination.url, location, this.#before);
      new Hop(this.#connections, { ...this.#request, destination: next }, this.#receiver, this.#before + 1).send();
    } catch (error) {
      this.#receiver.failed(error);
    }
  }
}

const changesMethod = () =>
  new EgressRefused(
    'EGRESS_REDIRECT',
    'The server redirects a call to a page.',
    'Use the address that the server redirects to.',
  );
