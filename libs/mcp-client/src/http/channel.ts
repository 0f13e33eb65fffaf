import { readDestination, type Destination, type EgressGuard } from '@app/egress';
import { SdkError, SdkErrorCode } from '@modelcontextprotocol/client';
import type { CurrentCall } from '../call.js';
import type { Deadline } from '../deadline.js';
import { ask } from '../listening.js';
import { isObject, type RawResult } from '../raw-result.js';
import type { ClientInfo, Protocol, UpstreamTarget } from '../target.js';
import { connectTimeoutOf, newTrace, type HttpTrace } from '../upstream-fetch.js';
import { UpstreamError } from '../upstream-error.js';
import { Exchange, NotMcp } from './exchange.js';
import { connectionHeaders, envelopeOf, requestHeaders, withMeta, type RequestMeta } from './messages.js';
import { PendingRequest, type Carrier, type Letter } from './pending-request.js';
import { SignIn, type Headers } from './sign-in.js';

export interface ChannelRequest {
  method: string;
  params: RawResult;
  meta?: RequestMeta;
  /** Beside those of the connection. */
  headers?: Record<string, string>;
  /** Who hears of what happens meanwhile; without it the server may ask nothing. */
  call?: CurrentCall;
  /** Looks at an answer before it is parsed; what it gives stands for the result. */
  recognise?: (text: string, id: number) => RawResult | undefined;
  deadline: Deadline;
  trace: HttpTrace;
  /** From now on the server may have seen the request. */
  leaving: () => void;
}

interface ChannelOptions {
  guard: EgressGuard;
  target: UpstreamTarget;
  clientInfo: ClientInfo;
  protocol: Protocol;
  sessionId: string | undefined;
  onToolsChanged: (() => void) | undefined;
}

/** Apart from the ids of the SDK, which did the handshake of the same session and counts from 0. */
const FIRST_ID = 1_000_000;
const POST_HEADERS = ['content-type', 'application/json', 'accept', 'application/json, text/event-stream'];
const MOST_ROUNDS = 10;
const PACE_MS = 250;
/** For what is said without waiting for an answer. */
const ASIDE_MS = 5_000;

/**
 * Requests over Streamable HTTP, any number at a time: each has a POST, and with it a stream, of its own
 * (2025-03-26 to 2025-11-25, and 2026-07-28, Transports).
 */
export class HttpChannel {
  readonly #guard: EgressGuard;
  readonly #destination: Destination;
  readonly #dispatch: { verifyTls: boolean; connectTimeoutMs: number };
  readonly #gets: SignIn;
  readonly #posts: SignIn;
  readonly #modern: boolean;
  readonly #envelope: RawResult | undefined;
  readonly #carrier: Carrier;
  readonly #aside = new Set<Promise<void>>();
  #nextId = FIRST_ID;

  constructor({ guard, target, clientInfo, protocol, sessionId, onToolsChanged = nothing }: ChannelOptions) {
    this.#guard = guard;
    this.#destination = readDestination(target.url);
    this.#dispatch = { verifyTls: target.verifyTls, connectTimeoutMs: connectTimeoutOf(target) };
    const headers = connectionHeaders(target, clientInfo, protocol, sessionId);
    this.#gets = new SignIn(target.authorize, headers);
    this.#posts = new SignIn(target.authorize, [...headers, ...POST_HEADERS]);
    this.#modern = protocol.era === 'modern';
    this.#envelope = this.#modern ? envelopeOf(clientInfo, protocol) : undefined;
    this.#carrier = {
      post: (exchange, letter) => this.#post(exchange, letter),
      resume: sessionId === undefined ? undefined : (exchange, from) => void this.#get(exchange, from),
      reply: (message) => this.#say(message),
      toolsChanged: onToolsChanged,
    };
  }

  /**
   * One request, and where the server asks for more input (2026-07-28, Multi Round-Trip Requests) those that follow.
   * @returns the result as the server gave it, without its `resultType`
   * @throws what went wrong, for `toUpstreamError`; any error when the deadline ended it
   */
  request(request: ChannelRequest): Promise<RawResult> {
    const first = this.#once(request, request.params);
    return this.#modern ? this.#complete(request, first) : first;
  }

  /** Resolves when all that was said without waiting has left, or failed. */
  async left(): Promise<void> {
    await Promise.all(this.#aside);
  }

  async #complete(request: ChannelRequest, first: Promise<RawResult>): Promise<RawResult> {
    let result = await first;
    for (let round = 1; result.resultType === 'input_required'; round++) {
      if (round > MOST_ROUNDS) {
        throw new SdkError(SdkErrorCode.InputRequiredRoundsExceeded, `More than ${MOST_ROUNDS} rounds.`);
      }
      const more = await this.#inputFor(request, result);
      result = await this.#once(request, { ...request.params, ...more });
    }
    const { resultType, ...rest } = result;
    if (resultType !== 'complete') throw new NotMcp('The result is of a type that is not known.');
    return rest;
  }

  /** What the next round adds to the parameters. */
  async #inputFor({ call, deadline }: ChannelRequest, { inputRequests, requestState }: RawResult): Promise<RawResult> {
    const asked = isObject(inputRequests) ? Object.entries(inputRequests) : [];
    const state = typeof requestState === 'string' ? { requestState } : {};
    if (!call || (asked.length === 0 && requestState === undefined)) throw new NotMcp('Nothing is asked for.');
    if (asked.length === 0) {
      await pace(deadline);
      return state;
    }
    const answers = asked.map(async ([key, entry]) => {
      if (!isObject(entry) || entry.method !== 'elicitation/create') throw notOffered();
      const params = isObject(entry.params) ? entry.params : {};
      return [key, { ...(await ask(call, params, deadline.signal)) }] as const;
    });
    return { ...state, inputResponses: Object.fromEntries(await Promise.all(answers)) };
  }

  #once(request: ChannelRequest, params: RawResult): Promise<RawResult> {
    const { deadline, trace } = request;
    const send = (headers: Headers, signedIn: string | undefined) => {
      trace.signedIn = signedIn;
      return this.#send(request, params, headers);
    };
    return this.#posts.use(deadline, send, () => trace.wwwAuthenticate);
  }

  #send(request: ChannelRequest, params: RawResult, headers: Headers): Promise<RawResult> {
    const { method, meta = {}, call, recognise, deadline, trace, leaving } = request;
    const id = this.#nextId++;
    const body = JSON.stringify({ jsonrpc: '2.0', id, method, params: withMeta(params, meta, this.#envelope) });
    const extra = this.#modern ? requestHeaders(method, params) : [];
    if (meta.traceparent !== undefined) extra.push('traceparent', meta.traceparent);
    if (request.headers) for (const [name, value] of Object.entries(request.headers)) extra.push(name, value);
    return new Promise<RawResult>((resolve, reject) => {
      if (deadline.ended) return reject(new Error('Ended before it began.'));
      let stopListening = () => {};
      const pending = new PendingRequest(
        id,
        this.#carrier,
        { headers, extra, body },
        {
          call,
          recognise,
          trace,
          leaving,
          resolve: (result) => {
            stopListening();
            resolve(result);
          },
          reject: (error) => {
            stopListening();
            reject(error);
          },
        },
      );
      stopListening = deadline.onEnd(() => {
        const mayRun = pending.abandon(new Error('Ended by its deadline or its caller.'));
        // A modern server hears it from the stream that closes.
        if (mayRun && !this.#modern) this.#say(cancelledMessage(id));
      });
    });
  }

  async #get(exchange: Exchange, lastEventId: string): Promise<void> {
    const extra = ['accept', 'text/event-stream', 'last-event-id', lastEventId];
    const { verifyTls, connectTimeoutMs } = this.#dispatch;
    const destination = this.#destination;
    try {
      const headers = await this.#gets.headers();
      this.#guard.send({ destination, verifyTls, connectTimeoutMs, method: 'GET', headers, extra }, exchange);
    } catch (error) {
      exchange.failed(error);
    }
  }

  /** Sends something that no answer is expected to. */
  #say(message: RawResult): void {
    const said = new Promise<void>((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        resolve();
      };
      const exchange = new Exchange(newTrace(), { ...NOTHING, ended: finish, failed: finish });
      const timer = setTimeout(() => {
        exchange.cut();
        resolve();
      }, ASIDE_MS);
      const post = (headers: Headers) => this.#post(exchange, { headers, extra: [], body: JSON.stringify(message) });
      void this.#posts.headers().then(post, finish);
    });
    this.#aside.add(said);
    void said.then(() => this.#aside.delete(said));
  }

  #post(exchange: Exchange, { headers, extra, body }: Letter): void {
    const { verifyTls, connectTimeoutMs } = this.#dispatch;
    this.#guard.send(
      {
        destination: this.#destination,
        verifyTls,
        connectTimeoutMs,
        method: 'POST',
        headers,
        extra,
        body,
      },
      exchange,
    );
  }
}

const nothing = () => undefined;
const NOTHING = { leaving: nothing, message: nothing, lastEventId: nothing, retry: nothing, pause: nothing };

const cancelledMessage = (requestId: number): RawResult => ({
  jsonrpc: '2.0',
  method: 'notifications/cancelled',
  params: { requestId, reason: 'Nobody waits for it any more.' },
});

const notOffered = () =>
  new UpstreamError('UPSTREAM_PROTOCOL', 'The tool asks for something that this client does not offer.', {
    requestSent: true,
  });

/** A server that only asks to come back is not asked without a pause. */
function pace(deadline: Deadline): Promise<void> {
  return new Promise((resolve, reject) => {
    const stopListening = deadline.onEnd(() => {
      clearTimeout(timer);
      reject(new Error('Ended by its deadline or its caller.'));
    });
    const timer = setTimeout(() => {
      stopListening();
      resolve();
    }, PACE_MS);
  });
}
