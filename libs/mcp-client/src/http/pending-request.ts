import { ProtocolError } from '@modelcontextprotocol/client';
import { tellNews, type News } from '../beside.js';
import { answer, type CurrentCall } from '../current-call.js';
import type { RawResult } from '../raw-result.js';
import type { HttpTrace } from '../upstream-fetch.js';
import { STREAM_ENDED } from '../watched-transport.js';
import { Exchange, type ExchangeListener, HttpRefusal, NotMcp } from './exchange.js';
import { readMessage, type Incoming } from './messages.js';

/** A request as it is posted. */
export interface Letter {
  headers: readonly string[];
  /** Headers of this one alone, names and values by turns. */
  extra: readonly string[];
  body: string;
}

/** What requests need of the channel that they go through. */
export interface Carrier {
  post(exchange: Exchange, letter: Letter): void;
  /** Asks for the rest of a broken stream; undefined where the protocol has no such thing. */
  resume: ((exchange: Exchange, lastEventId: string) => void) | undefined;
  /** Sends an answer to a question of the server, in vain or not. */
  reply(message: RawResult): void;
  /** Hears what concerns no request. */
  news: News | undefined;
}

/** Who waits for the outcome of one request. */
export interface Waiting {
  /** The call that what comes meanwhile belongs to. */
  call: CurrentCall | undefined;
  /** Looks at an answer before it is parsed; what it gives stands for the result. */
  recognise: ((text: string, id: number) => RawResult | undefined) | undefined;
  trace: HttpTrace;
  /** From now on the server may have seen it. */
  leaving: () => void;
  resolve: (result: RawResult) => void;
  reject: (error: Error) => void;
}

const MOST_RESUMES = 3;
const RESUME_MS = 1000;
/** Of a server that says to come back at once, again and again. */
const SOONEST_RESUME_MS = 100;
const STREAM_ENDED_CODE = -32099;

/** One JSON-RPC request, from its POST to the one answer with its id, and what the server says on the way. */
export class PendingRequest implements ExchangeListener {
  readonly #id: number;
  readonly #carrier: Carrier;
  readonly #waiting: Waiting;
  /** Questions that wait for an answer; most requests have none. */
  #asked: Map<unknown, AbortController> | undefined;
  #exchange: Exchange;
  #answer: Incoming | undefined;
  #lastEventId: string | undefined;
  #retryMs = RESUME_MS;
  #resumes = 0;
  #resumed = false;
  #timer: NodeJS.Timeout | undefined;
  #settled = false;
  #left = false;

  constructor(id: number, carrier: Carrier, letter: Letter, waiting: Waiting) {
    this.#id = id;
    this.#carrier = carrier;
    this.#waiting = waiting;
    this.#exchange = new Exchange(waiting.trace, this);
    carrier.post(this.#exchange, letter);
  }

  /** Gives it up; whoever waits is told `error`. True if the server may be at work on it. */
  abandon(error: Error): boolean {
    if (this.#settled) return false;
    this.#settle();
    this.#exchange.cut();
    this.#waiting.reject(error);
    return this.#left;
  }

  leaving(): void {
    this.#left = true;
    this.#waiting.leaving();
  }

  message(text: string): void {
    if (this.#settled) return;
    try {
      const result = this.#waiting.recognise?.(text, this.#id);
      this.#hear(result ? { kind: 'answer', id: this.#id, result } : readMessage(text));
    } catch (error) {
      this.#fail(error);
    }
  }

  lastEventId(id: string): void {
    this.#lastEventId = id;
    this.#resumes = 0;
  }

  retry(ms: number): void {
    this.#retryMs = Math.max(ms, SOONEST_RESUME_MS);
  }

  pause(): void {
    const answer = this.#answer;
    if (!answer || this.#settled) return;
    this.#settle();
    this.#exchange.release();
    if (answer.kind === 'answer') return this.#waiting.resolve(answer.result);
    if (answer.kind === 'error') this.#waiting.reject(toProtocolError(answer.error));
  }

  ended(): void {
    if (this.#settled || this.#resumeLater()) return;
    const { contentType } = this.#waiting.trace;
    if (contentType !== 'text/event-stream') return this.#fail(new NotMcp('There is no answer.'));
    this.#fail(streamEnded());
  }

  failed(error: unknown): void {
    if (this.#settled) return;
    const refused = error instanceof HttpRefusal;
    if (refused && this.#resumed) return this.#fail(streamEnded());
    const mayResume = !refused && !(error instanceof NotMcp) && !this.#waiting.trace.tooLarge;
    if (mayResume && this.#resumeLater()) return;
    this.#fail(refusedInJsonRpc(error, this.#id) ?? error);
  }

  #hear(message: Incoming): void {
    if (message.kind === 'notification') return this.#notice(message);
    if (message.kind === 'request') return this.#asks(message);
    const isOurs = message.id === this.#id || (message.kind === 'error' && message.id === null);
    if (!isOurs) throw new NotMcp('This is the answer to another request.');
    if (this.#answer) throw new NotMcp('There are two answers.');
    this.#answer = message;
  }

  #notice({ method, params }: { method: string; params: RawResult }): void {
    const { call } = this.#waiting;
    if (method === 'notifications/message') return call?.onLog?.(params);
    if (method === 'notifications/progress') {
      if (call && params.progressToken === call.progressToken) call.onProgress?.(params);
    } else if (method === 'notifications/cancelled') {
      this.#asked?.get(params.requestId)?.abort();
    } else if (!tellNews(this.#carrier.news, method, params)) {
      call?.onNotification?.(method, params);
    }
  }

  #asks({ id, method, params }: { id: string | number; method: string; params: RawResult }): void {
    const reply = (outcome: RawResult) => this.#carrier.reply({ jsonrpc: '2.0', id, ...outcome });
    if (method === 'ping') return reply({ result: {} });
    const asked = (this.#asked ??= new Map());
    if (asked.has(id)) throw new NotMcp('There are two questions of one id.');
    const open = new AbortController();
    asked.set(id, open);
    void answer(this.#waiting.call, { method, params }, open.signal).then((outcome) => {
      asked.delete(id);
      if (!open.signal.aborted) reply(outcome);
    });
  }

  /** A server may end a stream before the answer and have us come back for the rest (2025-11-25, Resumability). */
  #resumeLater(): boolean {
    const { resume } = this.#carrier;
    const from = this.#lastEventId;
    if (!resume || from === undefined || this.#answer || this.#resumes >= MOST_RESUMES) return false;
    this.#resumes += 1;
    this.#resumed = true;
    this.#timer = setTimeout(() => {
      this.#exchange = new Exchange(this.#waiting.trace, this);
      resume(this.#exchange, from);
    }, this.#retryMs);
    return true;
  }

  #fail(error: unknown): void {
    this.#settle();
    this.#exchange.cut();
    this.#waiting.reject(error instanceof Error ? error : new Error('Failed.', { cause: error }));
  }

  #settle(): void {
    this.#settled = true;
    clearTimeout(this.#timer);
    for (const open of this.#asked?.values() ?? []) open.abort();
    this.#asked = undefined;
  }
}

const streamEnded = () => new ProtocolError(STREAM_ENDED_CODE, 'The stream ended without an answer.', STREAM_ENDED);

const toProtocolError = ({ code, message, data }: { code: number; message: string; data?: unknown }): ProtocolError =>
  new ProtocolError(code, message, data);

/** Servers of the modern era say with 400 what they have against a request. */
function refusedInJsonRpc(error: unknown, id: number): ProtocolError | undefined {
  if (!(error instanceof HttpRefusal) || error.status !== 400) return undefined;
  try {
    const message = readMessage(error.text);
    return message.kind === 'error' && message.id === id ? toProtocolError(message.error) : undefined;
  } catch {
    return undefined;
  }
}
