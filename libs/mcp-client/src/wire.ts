import { promised } from '@app/soon';
import { ProtocolError, type ServerCapabilities } from '@modelcontextprotocol/client';
import type { WaitOptions } from './call.js';
import type { Connection } from './connection.js';
import type { CurrentCall } from './current-call.js';
import { Deadline } from './deadline.js';
import { cancelled, endedBy, toUpstreamError } from './failures.js';
import { atLeast } from './log-level.js';
import type { RequestMeta } from './meta.js';
import type { RawResult } from './raw-result.js';
import { complete, inRounds } from './rounds.js';
import type { ResourceSubscriptions, Subscriber } from './resource-subscriptions.js';
import { RunningCalls } from './running-calls.js';
import { isStale } from './stale.js';
import type { UpstreamTarget } from './target.js';
import { UpstreamError } from './upstream-error.js';
import { newTrace, type HttpTrace } from './upstream-fetch.js';

export interface WireRequest {
  method: string;
  params: RawResult;
  /** The JSON of `params`, where it is at hand. */
  paramsText?: string | undefined;
  /** What is added to the parameters, where a server of the modern era asked for it. */
  input?: RawResult | undefined;
  meta?: RequestMeta;
  headers?: Readonly<Record<string, string>>;
  call?: CurrentCall;
  /** Looks at an answer before it is parsed; what it gives stands for the result. */
  recognise?: (text: string, id: number) => RawResult | undefined;
  /** The result is wanted as it is, whatever its type; else only one that is complete, and without its type. */
  raw?: boolean;
}

/** How far a piece of work came. */
export interface Attempt {
  /** Whether it may change something, so that it matters whether it was sent. */
  effect: boolean;
  sent: boolean;
  trace: HttpTrace;
}

export interface WireOptions {
  reopen: (deadline: Deadline) => Promise<Connection>;
  /** Whether several callers use it at a time. */
  shared: boolean;
  /** A question came that could be of several calls. */
  onAmbiguous: () => void;
  /** What is watched of the target, by this session and others. */
  subscriptions: ResourceSubscriptions;
}

/**
 * Brings the requests of a session to its server. A connection that the server forgot is opened again once, silently, as
 * long as nothing can have happened.
 */
export class Wire implements Subscriber {
  readonly running: RunningCalls;
  readonly target: UpstreamTarget;
  readonly #options: WireOptions;
  #connection: Connection;
  #reopening: Promise<void> | undefined;
  #logLevel: string | undefined;
  #listens = false;
  #calls = 0;
  #retired = false;

  constructor(target: UpstreamTarget, connection: Connection, options: WireOptions) {
    this.target = target;
    const { onAmbiguous } = options;
    this.running = new RunningCalls({ oneStream: !connection.channel.multiplexed, onAmbiguous });
    this.#options = options;
    this.#connection = connection;
    connection.beside.serve(this.running);
  }

  get connection(): Connection {
    return this.#connection;
  }

  /** What the server offers. */
  get capabilities(): ServerCapabilities {
    return this.#connection.client.getServerCapabilities() ?? {};
  }

  get reusable(): boolean {
    return !this.#retired && !this.#connection.closed;
  }

  close(): Promise<void> {
    this.#retired = true;
    return this.#connection.close();
  }

  /**
   * Does some requests under one deadline.
   * @param ended hears of it before anybody else, whatever came of it
   * @throws UpstreamError
   */
  within<T>(
    { timeoutMs = this.target.timeoutMs, signal, deadline: given }: WaitOptions,
    { effect, ended }: { effect: boolean; ended?: (deadline: Deadline, attempt: Attempt) => void },
    work: (deadline: Deadline, attempt: Attempt) => Promise<T>,
  ): Promise<T> {
    const deadline = given ?? new Deadline(timeoutMs, signal);
    const attempt: Attempt = { effect, sent: false, trace: this.#connection.trace };
    const end = () => {
      ended?.(deadline, attempt);
      if (!given) deadline.dispose();
    };
    return promised(() => this.#begin(deadline, attempt, work)).then(
      (result) => {
        end();
        return result;
      },
      (error: unknown) => {
        end();
        throw this.#explain(error, deadline, attempt);
      },
    );
  }

  /**
   * Makes a call: `work` under a deadline, while what the server says goes to the call.
   * @throws UpstreamError
   */
  calling<T>(
    wait: WaitOptions,
    callOf: (of: { progressToken: string; deadline: Deadline }) => CurrentCall,
    work: (call: CurrentCall, attempt: Attempt) => Promise<T>,
  ): Promise<T> {
    const { running } = this;
    if (!this.#connection.channel.multiplexed && running.size > 0) {
      return Promise.reject(new Error('A session takes one call at a time.'));
    }
    const progressToken = `call-${++this.#calls}`;
    let call: CurrentCall | undefined;
    const ended = (deadline: Deadline, attempt: Attempt) => {
      if (call) running.remove(call, deadline.ended && attempt.sent);
    };
    return this.within(wait, { effect: true, ended }, (deadline, attempt) => {
      call = callOf({ progressToken, deadline });
      running.add(call);
      return work(call, attempt);
    });
  }

  #begin<T>(
    deadline: Deadline,
    attempt: Attempt,
    work: (deadline: Deadline, attempt: Attempt) => Promise<T>,
  ): Promise<T> {
    if (deadline.ended) return Promise.reject(cancelled(false));
    if (!this.#connection.closed) return work(deadline, attempt);
    return this.#reopen(this.#connection, deadline).then(() => work(deadline, attempt));
  }

  /** One request; a second time on a new session where the server has forgotten the first. */
  request(request: WireRequest, deadline: Deadline, attempt: Attempt): Promise<RawResult> {
    return this.requestAs(request, deadline, attempt, (result) => result);
  }

  /**
   * As `request`.
   * @param read makes of the result what is wanted
   * @param failed what is done about an error instead of throwing it
   */
  requestAs<T>(
    request: WireRequest,
    deadline: Deadline,
    attempt: Attempt,
    read: (result: RawResult) => T,
    failed: (error: unknown) => Promise<T> = throwIt,
  ): Promise<T> {
    const connection = this.#connection;
    return this.#send(connection, request, deadline, attempt).then(read, async (error: unknown) => {
      if (deadline.ended) this.#leave(connection);
      if (deadline.ended || !isStale(error, connection, attempt.trace)) return failed(error);
      attempt.sent = false;
      await this.#reopen(connection, deadline);
      return this.#send(this.#connection, request, deadline, attempt).then(read, failed);
    });
  }

  /** A legacy server is told what it should log, of all that anybody wants to hear. */
  async askForLogs(level: string, deadline: Deadline, attempt: Attempt): Promise<void> {
    const { protocol } = this.#connection;
    const asked = this.#logLevel;
    if (protocol.era === 'modern' || (asked !== undefined && atLeast(asked, level))) return;
    this.#logLevel = level;
    const request = { method: 'logging/setLevel', params: { level } };
    // A server that declares logs but has no levels sends what it likes.
    await this.request(request, deadline, attempt).catch((error: unknown) => {
      if (!(error instanceof ProtocolError)) throw error;
    });
    attempt.sent = false;
  }

  /** Resolves when a legacy server can ask on the stream that it has beside its calls, or nearly so. */
  async listening(deadline: Deadline): Promise<void> {
    if (this.#listens) return;
    await deadline.race(this.#connection.listening());
    this.#listens = true;
  }

  subscribe(uri: string): Promise<void> {
    return this.#watch('resources/subscribe', uri);
  }

  unsubscribe(uri: string): Promise<void> {
    return this.#watch('resources/unsubscribe', uri);
  }

  /** A modern server is told of all that this session watches. */
  #watch(method: string, uri: string): Promise<void> {
    return this.within({}, { effect: false }, async (deadline, attempt) => {
      const { subscription, protocol } = this.#connection;
      if (protocol.era === 'legacy') await this.request({ method, params: { uri } }, deadline, attempt);
      else await deadline.race(subscription?.watch(this.#options.subscriptions.of(this)) ?? Promise.resolve());
    });
  }

  #send(
    { channel, protocol, trace }: Connection,
    request: WireRequest,
    deadline: Deadline,
    attempt: Attempt,
  ): Promise<RawResult> {
    const leaving = () => {
      attempt.sent = true;
    };
    const once = (input: RawResult | undefined) => {
      attempt.trace = channel.multiplexed ? newTrace() : trace;
      const { method, params, paramsText, meta, headers, call, recognise } = request;
      // Written out: there is one for each call.
      return channel.request({
        method,
        params,
        paramsText,
        input,
        meta,
        headers,
        call,
        recognise,
        deadline,
        trace: attempt.trace,
        leaving,
      });
    };
    if (protocol.era === 'legacy' || request.raw) return once(request.input);
    const wanted = (result: RawResult) => (result.resultType === 'input_required' ? result : undefined);
    return inRounds(once, wanted, { call: request.call, deadline }).then(complete);
  }

  /** What a legacy server still says of a call that was left must not reach the next one. */
  #leave({ protocol }: Connection): void {
    if (protocol.era === 'legacy' && !this.#options.shared) void this.close();
  }

  /** Once for all whose requests failed on a connection. */
  async #reopen(failed: Connection, deadline: Deadline): Promise<void> {
    if (this.#connection !== failed) return;
    this.#reopening ??= this.#openAnew(failed).finally(() => {
      this.#reopening = undefined;
    });
    await deadline.race(this.#reopening);
  }

  async #openAnew(before: Connection): Promise<void> {
    const deadline = new Deadline(this.target.timeoutMs);
    try {
      this.#connection = await this.#options.reopen(deadline);
      this.#logLevel = undefined;
      this.#listens = false;
      this.#retired = false;
      this.#connection.beside.serve(this.running);
      for (const uri of this.#options.subscriptions.of(this)) void this.subscribe(uri).catch(() => undefined);
      void before.close();
    } catch (error) {
      throw this.#explain(error, deadline, { effect: false, sent: false, trace: before.trace });
    } finally {
      deadline.dispose();
    }
  }

  #explain(error: unknown, deadline: Deadline, { effect, sent, trace }: Attempt): UpstreamError {
    if (error instanceof UpstreamError) return error;
    const mayHaveRun = effect && sent;
    if (deadline.ended) return endedBy(deadline, mayHaveRun);
    return toUpstreamError(error, { target: this.target, trace, effect: mayHaveRun });
  }
}

const throwIt = (error: unknown): never => {
  throw error;
};
