import { StringDecoder } from 'node:string_decoder';

export interface ServerEvent {
  type: string;
  data: string;
}

export interface EventStreamListener {
  event(event: ServerEvent): void;
  /** The id to come back with; told with each event that has one, also without data. */
  lastEventId?(id: string): void;
  /** How long to wait before coming back, ms. */
  retry?(ms: number): void;
}

const BYTE_ORDER_MARK = 0xfeff;

/** Reads an event stream as it comes, in any pieces (HTML Living Standard, 9.2.6, Interpreting an event stream). */
export class EventStreamParser {
  readonly #decoder = new StringDecoder('utf8');
  readonly #listener: EventStreamListener;
  /** Of a line whose end has not come. */
  #pieces: string[] = [];
  #started = false;
  /** A line ended with CR: an LF that follows belongs to it. */
  #afterCr = false;
  #type = '';
  #data: string[] = [];
  #id: string | undefined;

  constructor(listener: EventStreamListener) {
    this.#listener = listener;
  }

  push(chunk: Buffer): void {
    let text = this.#decoder.write(chunk);
    if (text === '') return;
    if (!this.#started) {
      this.#started = true;
      if (text.charCodeAt(0) === BYTE_ORDER_MARK) text = text.slice(1);
    }
    this.#read(text);
  }

  #read(text: string): void {
    let at = this.#afterCr && text.startsWith('\n') ? 1 : 0;
    if (text !== '') this.#afterCr = false;
    let lf = text.indexOf('\n', at);
    let cr = text.indexOf('\r', at);
    while (lf >= 0 || cr >= 0) {
      const isCr = cr >= 0 && (lf < 0 || cr < lf);
      const end = isCr ? cr : lf;
      this.#line(text.slice(at, end));
      const pair = isCr && lf === cr + 1;
      if (isCr && end === text.length - 1) this.#afterCr = true;
      at = end + (pair ? 2 : 1);
      if (lf >= 0 && lf < at) lf = text.indexOf('\n', at);
      if (cr >= 0 && cr < at) cr = text.indexOf('\r', at);
    }
    if (at < text.length) this.#pieces.push(text.slice(at));
  }

  #line(last: string): void {
    let line = last;
    if (this.#pieces.length > 0) {
      line = this.#pieces.join('') + last;
      this.#pieces = [];
    }
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line.charAt(colon + 1) === ' ' ? colon + 2 : colon + 1);
    if (name === 'data') this.#data.push(value);
    else if (name === 'event') this.#type = value;
    else if (name === 'id' && !value.includes('\0')) this.#id = value;
    else if (name === 'retry' && /^\d{1,9}$/.test(value)) this.#listener.retry?.(Number(value));
  }

  #dispatch(): void {
    const data = this.#data;
    const type = this.#type === '' ? 'message' : this.#type;
    if (this.#id !== undefined) this.#listener.lastEventId?.(this.#id);
    this.#id = undefined;
    this.#type = '';
    if (data.length === 0) return;
    this.#data = [];
    this.#listener.event({ type, data: data.length === 1 ? (data[0] ?? '') : data.join('\n') });
  }
}
