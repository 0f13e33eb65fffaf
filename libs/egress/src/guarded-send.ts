import type { Agent, Dispatcher } from 'undici';
import type { DispatcherOptions } from './connector.js';
import type { Destination } from './judge.js';
import { followRedirect, isRedirect } from './redirects.js';
import { EgressRefused, findRefusal } from './refused.js';

export interface EgressRequest extends DispatcherOptions {
  destination: Destination;
  method: 'GET' | 'POST' | 'DELETE';
  /** Names and values by turns. */
  headers: string[];
  body?: string;
}

/** Who hears of an answer as it comes. After `failed` or `ended` nothing more is heard. */
export interface EgressReceiver {
  /** The first byte of the request is about to leave. `cut` ends the exchange and its connection. */
  leaving(cut: () => void): void;
  answered(status: number, headers: Dispatcher.ResponseData['headers']): void;
  received(chunk: Buffer): void;
  ended(): void;
  failed(error: unknown): void;
}

const CUT = new Error('Cut by whoever waited.');

interface Guard {
  dispatcher(options: DispatcherOptions): Agent;
}

/**
 * Sends one request through the guard, without the objects of the Fetch standard, which cost more than a whole call.
 * Redirects within the origin are followed where they keep method and body (307, 308, and any of a GET).
 */
export function guardedSend(guard: Guard, request: EgressRequest, receiver: EgressReceiver, hops = 0): void {
  const { destination, method, headers, body } = request;
  const { url } = destination;
  let redirect: { status: number; location: string } | undefined;
  const follow = ({ status, location }: { status: number; location: string }) => {
    if (status < 307 && method !== 'GET') throw changesMethod();
    guardedSend(guard, { ...request, destination: followRedirect(url, location, hops) }, receiver, hops + 1);
  };
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart: (controller) => receiver.leaving(() => controller.abort(CUT)),
    onResponseStart: (_controller, status, sent) => {
      if (isRedirect(status) && typeof sent.location === 'string') redirect = { status, location: sent.location };
      else receiver.answered(status, sent);
    },
    onResponseData: (controller, chunk) => {
      if (!redirect) return receiver.received(chunk);
      const next = redirect;
      // Its page is of no interest, however long it is.
      controller.abort(new Moved(next.status, next.location));
    },
    onResponseEnd: () => {
      if (!redirect) return receiver.ended();
      try {
        follow(redirect);
      } catch (error) {
        receiver.failed(error);
      }
    },
    onResponseError: (_controller, error) => {
      try {
        if (error instanceof Moved) return follow(error);
      } catch (refused) {
        return receiver.failed(refused);
      }
      receiver.failed(findRefusal(error) ?? error);
    },
  };
  const path = `${url.pathname}${url.search}`;
  try {
    const dispatcher = guard.dispatcher(request);
    dispatcher.dispatch({ origin: url.origin, path, method, headers, ...(body !== undefined && { body }) }, handler);
  } catch (error) {
    receiver.failed(error);
  }
}

class Moved extends Error {
  constructor(
    readonly status: number,
    readonly location: string,
  ) {
    super('Moved.');
  }
}

const changesMethod = () =>
  new EgressRefused(
    'EGRESS_REDIRECT',
    'The server redirects a call to a page.',
    'Use the address that the server redirects to.',
  );
