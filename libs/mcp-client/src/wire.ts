import { ProtocolError } from '@modelcontextprotocol/client';
import type { CurrentCall, WaitOptions } from './call.js';
import { NO_SDK_TIMEOUT, type Connection } from './connection.js';
import { Deadline } from './deadline.js';
import { cancelled, endedBy, toUpstreamError } from './failures.js';
import { withMeta, type RequestMeta } from './http/messages.js';
import { listen, RunningCalls } from './listening.js';
import { rawResult, type RawResult } from './raw-result.js';
import { isStale } from './stale.js';
import type { UpstreamTarget } from './target.js';
import { UpstreamError } from './upstream-error.js';
import { newTrace, type HttpTrace } from './upstream-fetch.js';

export interface WireRequest {
  method: string;
  params: RawResult;
  meta?: RequestMeta;
  headers?: Record<string, string>;
  call?: CurrentCall;
  /** Looks at an answer before it is parsed; what it gives stands for the result. */
  recognise?: (text: string, id: number) => RawResult | undefined;
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
}

export const LOG_LEVEL = 'info';

/**
 * Brings the requests of a session to its server: through our own channel where there is one, else through the SDK.
 * A connection that the server forgot is opened again once, silently, as long as nothing can have happened.
 */
export class Wire {
  readonly running = new RunningCalls();
  readonly #target: UpstreamTarget;
  readonly #options: WireOptions;
  #connection: Connection;
  #reopening: Promise<void> | undefined;
  #logLevelSet = false;
  #retired = false;

  constructor(target: UpstreamTarget, connection: Connection, options: WireOptions) {
    this.#target = target;
    this.#options = options;
    this.#connection = connection;
    listen(connection.client, this.running);
  }

  get connection(): Connection {
    return this.#connection;
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
   * @throws UpstreamError
   */
  async within<T>(
    { timeoutMs = this.#target.timeoutMs, signal, deadline: given }: WaitOptions,
    { effect }: { effect: boolean },
    work: (deadline: Deadline, attempt: Attempt) => Promise<T>,
  ): Promise<T> {
    const deadline = given ?? new Deadline(timeoutMs, signal);
    const attempt: Attempt = { effect, sent: false, trace: this.#connection.trace };
    try {
      if (deadline.ended) throw cancelled(false);
      if (this.#connection.closed) await this.#reopen(this.#connection, deadline);
      return await work(deadline, attempt);
    } catch (error) {
      throw this.#explain(error, deadline, attempt);
    } finally {
      if (!given) deadline.dispose();
    }
  }

  /** One request; a second time on a new session where the server has forgotten the first. */
  request(request: WireRequest, deadline: Deadline, attempt: Attempt): Promise<RawResult> {
    const connection = this.#connection;
    return this.#send(connection, request, deadline, attempt).catch(async (error: unknown) => {
      if (deadline.ended) this.#leave(connection);
      if (deadline.ended || !isStale(error, connection, attempt.trace)) throw error;
      attempt.sent = false;
      await this.#reopen(connection, deadline);
      return this.#send(this.#connection, request, deadline, attempt);
    });
  }

  /** A legacy server is told once what it should log. */
  async askForLogs(deadline: Deadline): Promise<void> {
    const { client, protocol } = this.#connection;
    if (protocol.era === 'modern' || this.#logLevelSet) return;
    this.#logLevelSet = true;
    const params = { level: LOG_LEVEL };
    const asked = client.request({ method: 'logging/setLevel', params }, rawResult, sdkOptions(deadline));
    // A server that declares logs but has no levels sends what it likes.
    await deadline.race(asked).catch((error: unknown) => {
      if (!(error instanceof ProtocolError)) throw error;
    });
  }

  #send(
    { channel, client, lost, protocol, trace }: Connection,
    request: WireRequest,
    deadline: Deadline,
    attempt: Attempt,
  ): Promise<RawResult> {
    if (channel) {
      attempt.trace = newTrace();
      const leaving = () => {
        attempt.sent = true;
      };
      return channel.request({ ...request, deadline, trace: attempt.trace, leaving });
    }
    const { method, params, meta = {} } = request;
    attempt.trace = trace;
    attempt.sent = true;
    trace.begin();
    const headers = meta.traceparent === undefined ? undefined : { traceparent: meta.traceparent };
    const sent = withMeta(params, meta, protocol.era === 'modern' ? {} : undefined);
    const options = { ...sdkOptions(deadline), ...(headers && { headers }) };
    const work = client.request({ method, params: sent }, rawResult, options);
    // Whoever loses the race may still fail, which then concerns nobody.
    work.catch(() => undefined);
    return deadline.race(work, lost);
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
    const deadline = new Deadline(this.#target.timeoutMs);
    try {
      this.#connection = await this.#options.reopen(deadline);
      this.#logLevelSet = false;
      this.#retired = false;
      listen(this.#connection.client, this.running);
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
    return toUpstreamError(error, { target: this.#target, trace, effect: mayHaveRun });
  }
}

const sdkOptions = ({ signal }: Deadline) => ({ signal, timeout: NO_SDK_TIMEOUT });
