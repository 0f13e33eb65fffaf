import { readDestination, type Destination, type EgressGuard } from '@app/egress';
import type { News } from '../beside.js';
import { cancelledMessage, FIRST_ID, type Channel, type ChannelRequest } from '../channel.js';
import { envelopeOf, type Envelope } from '../meta.js';
import type { RawResult } from '../raw-result.js';
import { paramsTextOf } from '../request-params.js';
import { capabilitiesOf, type ClientInfo, type Protocol, type UpstreamTarget } from '../target.js';
import { connectTimeoutOf, newTrace } from '../upstream-fetch.js';
import { Exchange } from './exchange.js';
import { connectionHeaders, requestHeaders } from './messages.js';
import { PendingRequest, type Carrier, type Letter } from './pending-request.js';
import { SignIn, type Headers } from './sign-in.js';

interface ChannelOptions {
  guard: EgressGuard;
  target: UpstreamTarget;
  clientInfo: ClientInfo;
  protocol: Protocol;
  sessionId: string | undefined;
  news: News | undefined;
}

const POST_HEADERS = ['content-type', 'application/json', 'accept', 'application/json, text/event-stream'];
/** For what is said without waiting for an answer. */
const ASIDE_MS = 5_000;

/**
 * Requests over Streamable HTTP, any number at a time: each has a POST, and with it a stream, of its own
 * (2025-03-26 to 2025-11-25, and 2026-07-28, Transports).
 */
export class HttpChannel implements Channel {
  readonly multiplexed = true;
  readonly #guard: EgressGuard;
  readonly #destination: Destination;
  readonly #dispatch: { verifyTls: boolean; connectTimeoutMs: number };
  readonly #gets: SignIn;
  readonly #posts: SignIn;
  readonly #modern: boolean;
  readonly #envelope: Envelope | undefined;
  readonly #carrier: Carrier;
  readonly #aside = new Set<Promise<void>>();
  #nextId = FIRST_ID;

  constructor({ guard, target, clientInfo, protocol, sessionId, news }: ChannelOptions) {
    this.#guard = guard;
    this.#destination = readDestination(target.url);
    this.#dispatch = { verifyTls: target.verifyTls, connectTimeoutMs: connectTimeoutOf(target) };
    const headers = connectionHeaders(target, clientInfo, protocol, sessionId);
    this.#gets = new SignIn(target.authorize, headers);
    this.#posts = new SignIn(target.authorize, [...headers, ...POST_HEADERS]);
    this.#modern = protocol.era === 'modern';
    this.#envelope = envelopeOf(clientInfo, protocol, capabilitiesOf(target));
    this.#carrier = {
      post: (exchange, letter) => this.#post(exchange, letter),
      resume: sessionId === undefined ? undefined : (exchange, from) => void this.#get(exchange, from),
      reply: (message) => this.#say(message),
      news,
    };
  }

  request(request: ChannelRequest): Promise<RawResult> {
    const { deadline, trace } = request;
    const send = (headers: Headers, signedIn: string | undefined) => {
      trace.signedIn = signedIn;
      return this.#send(request, headers);
    };
    return this.#posts.use(deadline, send, () => trace.wwwAuthenticate);
  }

  /** Resolves when all that was said without waiting has left, or failed. */
  async left(): Promise<void> {
    await Promise.all(this.#aside);
  }

  #send(request: ChannelRequest, headers: Headers): Promise<RawResult> {
    const { method, params, meta, call, recognise, deadline, trace, leaving } = request;
    const id = this.#nextId++;
    const text = paramsTextOf(request, this.#envelope);
    const body = `{"jsonrpc":"2.0","id":${id},"method":${JSON.stringify(method)},"params":${text}}`;
    const extra = this.#modern ? requestHeaders(method, params) : [];
    if (meta?.traceparent !== undefined) extra.push('traceparent', meta.traceparent);
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
