import type { EgressReceiver } from '@app/egress';
import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { AnswerTooLarge, MAX_ANSWER_BYTES, type HttpTrace } from '../upstream-fetch.js';
import { EventStreamParser } from './event-stream.js';

/** What one HTTP exchange brings. After `ended` or `failed` nothing more. */
export interface ExchangeListener {
  /** From now on the server may have seen the request. */
  leaving(): void;
  /** What is meant to be one JSON-RPC message. */
  message(text: string): void;
  lastEventId(id: string): void;
  retry(ms: number): void;
  /** All that has come so far was told. */
  pause(): void;
  ended(): void;
  failed(error: unknown): void;
}

/** The server answered with a status that is none of success. */
export class HttpRefusal extends Error {
  override readonly name = 'HttpRefusal';

  /** @param text of its body, for finding an error in it; never for showing */
  constructor(
    readonly status: number,
    readonly text: string,
  ) {
    super(`HTTP ${status}`);
  }
}

/** An answer that is not one of MCP. */
export class NotMcp extends Error {
  override readonly name = 'NotMcp';
}

const MAX_REFUSAL_BYTES = 64 * 1024;
/** What may still come after the answer before its connection is cut instead of used again. */
const MAX_TAIL_BYTES = 64 * 1024;
const MAX_TAIL_MS = 1000;

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** Turns the bytes of one answer into messages: a JSON body or an event stream, bounded, unpacked. */
export class Exchange implements EgressReceiver {
  readonly #trace: HttpTrace;
  readonly #listener: ExchangeListener;
  #cut: (() => void) | undefined;
  #over = false;
  #left = 0;
  #size = 0;
  #packed = 0;
  #limit = MAX_ANSWER_BYTES;
  #chunks: Buffer[] | undefined;
  /** Of a body that came at once. */
  #text: string | undefined;
  #length = -1;
  #events: EventStreamParser | undefined;
  #refusedWith: number | undefined;
  #decoder: Transform | undefined;
  #tail: NodeJS.Timeout | undefined;

  constructor(trace: HttpTrace, listener: ExchangeListener) {
    this.#trace = trace;
    this.#listener = listener;
  }

  /** Ends it where it is, with its connection; nothing is told of it. */
  cut(): void {
    this.#over = true;
    clearTimeout(this.#tail);
    this.#decoder?.destroy();
    this.#cut?.();
  }

  /** What is still to come concerns nobody: waits for its end so that the connection can be used again, but not for long. */
  release(): void {
    if (this.#over) return;
    this.#over = true;
    this.#left = MAX_TAIL_BYTES;
    this.#tail = setTimeout(() => this.cut(), MAX_TAIL_MS);
  }

  leaving(cut: () => void): void {
    this.#cut = cut;
    if (this.#over) return cut();
    this.#listener.leaving();
  }

  answered(status: number, headers: Readonly<Record<string, string | undefined>>): void {
    if (this.#over) return;
    this.#trace.status = status;
    this.#trace.wwwAuthenticate = headers['www-authenticate'];
    const type = mediaType(headers['content-type']);
    this.#trace.contentType = type === '' ? undefined : type;
    const encoding = headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity') this.#unpack(String(encoding).toLowerCase());
    if (status < 200 || status >= 300) {
      this.#refusedWith = status;
      this.#limit = MAX_REFUSAL_BYTES;
      this.#chunks = [];
      return;
    }
    this.#trace.delivered = true;
    if (status === 202 || status === 204) return;
    const length = Number(headers['content-length'] ?? -1);
    if (length > MAX_ANSWER_BYTES) return this.#tooLarge();
    if (!this.#decoder) this.#length = length;
    if (type === 'application/json') this.#chunks = [];
    else if (type === 'text/event-stream') this.#events = this.#parser();
    else this.#fail(new NotMcp('The content is neither JSON nor an event stream.'));
  }

  received(chunk: Buffer): void {
    if (this.#over) {
      if ((this.#left -= chunk.length) < 0) this.cut();
      return;
    }
    if (!this.#decoder) return this.#take(chunk);
    this.#packed += chunk.length;
    if (this.#packed > MAX_ANSWER_BYTES) return this.#tooLarge();
    this.#decoder.write(Buffer.from(chunk));
  }

  ended(): void {
    clearTimeout(this.#tail);
    if (this.#over) return;
    if (this.#decoder) this.#decoder.end();
    else this.#finish();
  }

  failed(error: unknown): void {
    clearTimeout(this.#tail);
    if (this.#over) return;
    this.#over = true;
    this.#decoder?.destroy();
    this.#trace.failure = error;
    this.#listener.failed(error);
  }

  #parser(): EventStreamParser {
    const listener = this.#listener;
    return new EventStreamParser({
      event: ({ type, data }) => {
        if (type === 'message' && data !== '' && !this.#over) listener.message(data);
      },
      lastEventId: (id) => listener.lastEventId(id),
      retry: (ms) => listener.retry(ms),
    });
  }

  #take(chunk: Buffer): void {
    if (this.#over) return;
    this.#size += chunk.length;
    if (this.#size > this.#limit) {
      if (this.#refusedWith === undefined) return this.#tooLarge();
      this.#finish();
      return this.cut();
    }
    if (this.#chunks) {
      if (chunk.length === this.#length) this.#text = chunk.toString();
      else this.#chunks.push(Buffer.from(chunk));
    } else if (this.#events) {
      this.#events.push(chunk);
      if (!this.#over) this.#listener.pause();
    }
  }

  #finish(): void {
    if (this.#over) return;
    const text = this.#text ?? Buffer.concat(this.#chunks ?? []).toString();
    if (this.#refusedWith !== undefined) return this.#fail(new HttpRefusal(this.#refusedWith, text));
    if (this.#chunks) this.#listener.message(text);
    if (this.#over) return;
    this.#over = true;
    this.#listener.pause();
    this.#listener.ended();
  }

  #unpack(encoding: string): void {
    const decoder = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding]?.() : undefined;
    if (!decoder) return this.#fail(new NotMcp('The content is packed in a way that nobody asked for.'));
    decoder.on('data', (chunk: Buffer) => this.#take(chunk));
    decoder.on('end', () => this.#finish());
    decoder.on('error', () => this.#fail(new NotMcp('The content cannot be unpacked.')));
    this.#decoder = decoder;
  }

  #tooLarge(): void {
    this.#trace.tooLarge = true;
    this.#fail(new AnswerTooLarge(`More than ${MAX_ANSWER_BYTES} bytes.`));
  }

  #fail(error: Error): void {
    if (this.#over) return;
    this.cut();
    this.#listener.failed(error);
  }
}

function mediaType(field: string | string[] | undefined): string {
  // As most say it.
  if (field === 'application/json') return field;
  return (
    String(field ?? '')
      .split(';', 1)[0]
      ?.trim()
      .toLowerCase() ?? ''
  );
}
