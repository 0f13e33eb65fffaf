import { BadResponse } from './response-head.js';

/** What extensions and trailers of one body may have in bytes; nobody reads them. */
const MAX_ASIDE_BYTES = 16 * 1024;
/** Enough for any size that a number can hold. */
const MAX_SIZE_DIGITS = 13;

type State =
  | 'size'
  | 'extension'
  | 'sizeLf'
  | 'data'
  | 'dataCr'
  | 'dataLf'
  | 'lineStart'
  | 'trailer'
  | 'trailerLf'
  | 'lastLf'
  | 'over';

const CR = 0x0d;
const LF = 0x0a;

/** Takes the chunks of a body apart (RFC 9112, 7.1). */
export class ChunkedBody {
  #state: State = 'size';
  #digits = 0;
  #left = 0;
  #aside = 0;

  get over(): boolean {
    return this.#state === 'over';
  }

  /**
   * @param at where the body begins or goes on in `bytes`
   * @returns where it stopped reading: at the end of `bytes`, or behind the body when it is over
   * @throws BadResponse
   */
  read(bytes: Buffer, at: number, received: (chunk: Buffer) => void): number {
    while (at < bytes.length && this.#state !== 'over') {
      if (this.#state === 'data') {
        const end = Math.min(bytes.length, at + this.#left);
        this.#left -= end - at;
        if (this.#left === 0) this.#state = 'dataCr';
        received(bytes.subarray(at, end));
        at = end;
      } else {
        this.#step(bytes[at] ?? 0);
        at += 1;
      }
    }
    return at;
  }

  #step(byte: number): void {
    switch (this.#state) {
      case 'size':
        return this.#sizeOf(byte);
      case 'extension':
        return this.#skip(byte, 'sizeLf');
      case 'sizeLf':
        return this.#expect(byte, LF, this.#left > 0 ? 'data' : 'lineStart');
      case 'dataCr':
        return this.#expect(byte, CR, 'dataLf');
      case 'dataLf':
        this.#digits = 0;
        return this.#expect(byte, LF, 'size');
      case 'lineStart':
        if (byte === CR) this.#state = 'lastLf';
        else if (byte === 0x20 || byte === 0x09) throw malformed();
        else this.#skip(byte, 'trailerLf', 'trailer');
        return;
      case 'trailer':
        return this.#skip(byte, 'trailerLf');
      case 'trailerLf':
        return this.#expect(byte, LF, 'lineStart');
      case 'lastLf':
        return this.#expect(byte, LF, 'over');
    }
  }

  #sizeOf(byte: number): void {
    const value = hexDigit(byte);
    if (value >= 0) {
      this.#digits += 1;
      if (this.#digits > MAX_SIZE_DIGITS) throw malformed();
      this.#left = this.#left * 16 + value;
    } else if (this.#digits === 0) {
      throw malformed();
    } else if (byte === CR) {
      this.#state = 'sizeLf';
    } else if (byte === 0x3b) {
      this.#state = 'extension';
    } else {
      throw malformed();
    }
  }

  #skip(byte: number, atCr: State, otherwise: State = this.#state): void {
    this.#aside += 1;
    if (this.#aside > MAX_ASIDE_BYTES) {
      throw new BadResponse('UND_ERR_HEADERS_OVERFLOW', 'More extensions or trailers than are accepted.');
    }
    if (byte === CR) this.#state = atCr;
    else if ((byte < 0x20 && byte !== 0x09) || byte === 0x7f) throw malformed();
    else this.#state = otherwise;
  }

  #expect(byte: number, wanted: number, next: State): void {
    if (byte !== wanted) throw malformed();
    this.#state = next;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

const malformed = () => new BadResponse('HPE_INVALID_CHUNK_SIZE', 'The chunks of the answer are malformed.');
