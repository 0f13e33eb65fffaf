import { ChunkedBody } from './chunked-body.js';
import { BadResponse, readHead, type ResponseHead, type ResponseHeaders } from './response-head.js';

/** Who hears what a response consists of. */
export interface ResponseSink {
  answered(status: number, headers: ResponseHeaders): void;
  received(chunk: Buffer): void;
}

/** Where the body of an answer ends, and whether its connection may carry another. */
interface Framing {
  state: 'sized' | 'chunked' | 'untilEnd' | 'over';
  /** Of one that is sized, in bytes. */
  length: number;
  persistent: boolean;
}

export const MAX_HEAD_BYTES = 16 * 1024;

const HEAD_END = Buffer.from('\r\n\r\n');
const BEGINNING = Buffer.from('HTTP/1.');
/** More digits than any body that could come. */
const LENGTH = /^[0-9]{1,15}$/;
const MOST_KNOWN = 2;
const CR = 0x0d;
const LF = 0x0a;

/** One HTTP/1.1 response after the other from the bytes of a connection (RFC 9112), each begun by `reset`. */
export class ResponseParser {
  readonly #sink: ResponseSink;
  readonly #received: (chunk: Buffer) => void;
  #state: 'head' | Framing['state'] = 'head';
  #left = 0;
  #chunks: ChunkedBody | undefined;
  /** The head as far as it came, where it did not come at once. */
  #partial: Buffer | undefined;
  #filled = 0;
  #interim = 0;
  #persistent = false;
  #excess = false;
  #keepAlive: string | undefined;
  /** Heads that came whole lately. One server says the same again and again, to each method. */
  #known: readonly { bytes: Buffer; head: ResponseHead; framing: Framing | undefined }[] = [];

  constructor(sink: ResponseSink) {
    this.#sink = sink;
    this.#received = (chunk) => sink.received(chunk);
  }

  /** After the end of a response: whether the connection may carry another. */
  get persistent(): boolean {
    return this.#persistent && !this.#excess;
  }

  /** The last `Keep-Alive` that the server sent. */
  get keepAlive(): string | undefined {
    return this.#keepAlive;
  }

  reset(): void {
    this.#state = 'head';
    this.#interim = 0;
    this.#persistent = false;
  }

  /**
   * @returns whether the response is over; what came behind it is dropped, and its connection is not `persistent`
   * @throws BadResponse
   */
  push(bytes: Buffer): boolean {
    let at = 0;
    while (this.#state === 'head' && at < bytes.length) at = this.#readHead(bytes, at);
    if (this.#state === 'sized' && at < bytes.length) at = this.#readSized(bytes, at);
    else if (this.#state === 'chunked') at = this.#readChunks(bytes, at);
    else if (this.#state === 'untilEnd' && at < bytes.length)
      this.#sink.received(at === 0 ? bytes : bytes.subarray(at));
    if (this.#state !== 'over') return false;
    this.#excess = at < bytes.length;
    return true;
  }

  /** No more bytes come. @returns whether that was the end of the response, and not of a part of it */
  finish(): boolean {
    return this.#state === 'untilEnd';
  }

  /** @returns how far it read */
  #readHead(bytes: Buffer, at: number): number {
    if (this.#filled > 0) return this.#gather(bytes, at);
    for (const { bytes: known, head, framing } of this.#known) {
      if (!startsWith(bytes, at, known)) continue;
      this.#begin(head, framing, known.length - HEAD_END.length);
      return at + known.length;
    }
    // Most come whole, in a piece with their body.
    const text = bytes.toString('latin1', at, Math.min(bytes.length, at + MAX_HEAD_BYTES + HEAD_END.length));
    const end = text.indexOf('\r\n\r\n');
    if (end < 0) return this.#gather(bytes, at);
    const head = readHead(text, end);
    const framing = framingOf(head);
    const after = at + end + HEAD_END.length;
    this.#known = [
      { bytes: Buffer.from(bytes.subarray(at, after)), head, framing },
      ...this.#known.slice(0, MOST_KNOWN - 1),
    ];
    this.#begin(head, framing, end);
    return after;
  }

  /** Of a head in pieces no byte is looked at twice. */
  #gather(bytes: Buffer, at: number): number {
    const partial = (this.#partial ??= Buffer.allocUnsafe(MAX_HEAD_BYTES + HEAD_END.length));
    const before = this.#filled;
    this.#filled += bytes.copy(partial, before, at);
    const came = partial.subarray(0, this.#filled);
    const end = came.indexOf(HEAD_END, Math.max(0, before - HEAD_END.length + 1));
    if (end < 0) {
      refuseEarly(came, before);
      if (this.#filled === partial.length) throw tooMuch();
      return bytes.length;
    }
    this.#filled = 0;
    this.#partial = undefined;
    const head = readHead(partial.toString('latin1', 0, end), end);
    this.#begin(head, framingOf(head), end);
    return at + end + HEAD_END.length - before;
  }

  #begin({ status, headers }: ResponseHead, framing: Framing | undefined, size: number): void {
    if (framing) {
      this.#state = framing.state;
      this.#left = framing.length;
      this.#persistent = framing.persistent;
      this.#keepAlive = headers['keep-alive'];
      if (framing.state === 'chunked') this.#chunks = new ChunkedBody();
      return this.#sink.answered(status, headers);
    }
    if (status === 101) throw new BadResponse('HPE_INVALID_STATUS', 'The server changes to another protocol.');
    this.#interim += size;
    if (this.#interim > MAX_HEAD_BYTES) throw tooMuch();
  }

  #readSized(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#left);
    this.#left -= end - at;
    if (this.#left === 0) this.#state = 'over';
    this.#sink.received(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end));
    return end;
  }

  #readChunks(bytes: Buffer, at: number): number {
    const chunks = this.#chunks;
    if (!chunks) return at;
    const end = chunks.read(bytes, at, this.#received);
    if (chunks.over) this.#state = 'over';
    return end;
  }
}

const startsWith = (bytes: Buffer, at: number, known: Buffer): boolean =>
  bytes.length - at >= known.length && bytes.compare(known, 0, known.length, at, at + known.length) === 0;

/** Tells what is no HTTP before its head has ended, which may never be. */
function refuseEarly(came: Buffer, from: number): void {
  const length = Math.min(came.length, BEGINNING.length);
  if (BEGINNING.compare(came, 0, length, 0, length) !== 0) {
    throw new BadResponse('HPE_INVALID_CONSTANT', 'The answer does not begin as one of HTTP/1.1.');
  }
  for (let at = Math.max(1, from); at < came.length; at++) {
    if ((came[at] === LF) !== (came[at - 1] === CR)) {
      throw new BadResponse('HPE_INVALID_HEADER_TOKEN', 'A line of the answer does not end as one.');
    }
  }
}

/** How the body is delimited (RFC 9112, 6.3); undefined of an interim answer. @throws BadResponse */
function framingOf({ minor, status, headers }: ResponseHead): Framing | undefined {
  if (status < 200) return undefined;
  const coding = headers['transfer-encoding'];
  const length = headers['content-length'];
  if (length !== undefined && !LENGTH.test(length)) {
    throw new BadResponse('HPE_INVALID_CONTENT_LENGTH', 'The Content-Length of the answer is malformed.');
  }
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') {
    throw new BadResponse('HPE_INVALID_TRANSFER_ENCODING', 'The answer is transferred in a way that nobody asked for.');
  }
  const persistent = minor === 1 && !says(headers.connection, 'close');
  if (status === 204 || status === 304) {
    // Whoever announces a body there may send one.
    const announces = coding !== undefined || (status === 204 && length !== undefined && length !== '0');
    return { state: 'over', length: 0, persistent: persistent && !announces };
  }
  if (coding !== undefined) return { state: 'chunked', length: 0, persistent: persistent && length === undefined };
  if (length === undefined) return { state: 'untilEnd', length: 0, persistent: false };
  return { state: Number(length) > 0 ? 'sized' : 'over', length: Number(length), persistent };
}

function says(field: string | undefined, token: string): boolean {
  if (field === undefined || field === 'keep-alive') return false;
  return field
    .toLowerCase()
    .split(',')
    .some((one) => one.trim() === token);
}

const tooMuch = () => new BadResponse('UND_ERR_HEADERS_OVERFLOW', 'More headers than are accepted.');
