/** A result as it stands in the answer that brought it. */
export interface CutResult {
  text: string;
  /** It says `"isError": true`. */
  isError: boolean;
  resultType: string | undefined;
}

/** Deeper answers are read by whoever has a stack for it. */
const MOST_DEPTH = 200;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const COMMA = 0x2c;
const COLON = 0x3a;
const [BRACE, END_BRACE, BRACKET, END_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];
const [MINUS, PLUS, DOT, ZERO, NINE] = [0x2d, 0x2b, 0x2e, 0x30, 0x39];
const [LETTER_E, LETTER_F, LETTER_N, LETTER_T, LETTER_U] = [0x65, 0x66, 0x6e, 0x74, 0x75];
/** Texts up to here are looked at character by character. */
const SHORT = 64;
/** They may not be in a text as they are. */
const CONTROLS = Array.from({ length: SPACE }, (_, code) => String.fromCharCode(code));
const ESCAPED = new Set([...'"\\/bfnrt'].map((one) => one.charCodeAt(0)));

/**
 * Finds the result in an answer to the request `id` without making objects of it: reads all of the JSON (RFC 8259), and
 * cuts out where the result begins and ends.
 * @returns undefined where it is not the plain case, in which the answer has to be parsed: another answer, a message that
 * is none, a member twice or unknown beside the result, a result on several lines, no JSON
 */
export function cutResult(message: string, id: number): CutResult | undefined {
  return new AnswerReader(message, String(id)).read();
}

class AnswerReader {
  readonly #text: string;
  readonly #id: string;
  #at = 0;
  /** Where the next of its kind is, as far as was looked: no part of the text is looked through twice. */
  #quote = -1;
  #backslash = -1;
  #control = -1;
  #isError: boolean | undefined;
  #resultType: string | undefined;

  constructor(text: string, id: string) {
    this.#text = text;
    this.#id = id;
  }

  read(): CutResult | undefined {
    let [begin, end] = [-1, -1];
    let [jsonrpc, id] = [false, false];
    this.#skipLines();
    if (!this.#take(BRACE)) return undefined;
    do {
      const name = this.#topName();
      if (name === 'jsonrpc' && !jsonrpc) {
        jsonrpc = this.#word('"2.0"');
        if (!jsonrpc) return undefined;
      } else if (name === 'id' && !id) {
        id = this.#word(this.#id);
        if (!id) return undefined;
      } else if (name === 'result' && begin < 0) {
        begin = this.#at;
        if (!this.#result()) return undefined;
        end = this.#at;
      } else {
        return undefined;
      }
      this.#skipLines();
    } while (this.#take(COMMA));
    if (!this.#take(END_BRACE) || !jsonrpc || !id || begin < 0) return undefined;
    this.#skipLines();
    if (this.#at < this.#text.length) return undefined;
    return { text: this.#text.slice(begin, end), isError: this.#isError === true, resultType: this.#resultType };
  }

  #topName(): string | undefined {
    this.#skipLines();
    const name = this.#name();
    this.#skipLines();
    if (!this.#take(COLON)) return undefined;
    this.#skipLines();
    return name;
  }

  /** As `#object`, and remembers what callers want to know of a result. */
  #result(): boolean {
    if (!this.#take(BRACE)) return false;
    this.#skip();
    if (this.#take(END_BRACE)) return true;
    do {
      this.#skip();
      const name = this.#name();
      this.#skip();
      if (name === undefined || !this.#take(COLON)) return false;
      this.#skip();
      const begin = this.#at;
      if (!this.#value(1)) return false;
      if (name === 'isError' && !this.#hearIsError(begin)) return false;
      if (name === 'resultType' && !this.#hearResultType(begin)) return false;
      this.#skip();
    } while (this.#take(COMMA));
    return this.#take(END_BRACE);
  }

  /** @returns false the second time */
  #hearIsError(begin: number): boolean {
    if (this.#isError !== undefined) return false;
    this.#isError = this.#text.startsWith('true', begin);
    return true;
  }

  #hearResultType(begin: number): boolean {
    const value = this.#text.slice(begin, this.#at);
    if (this.#resultType !== undefined || !/^"[a-z_]+"$/.test(value)) return false;
    this.#resultType = value.slice(1, -1);
    return true;
  }

  /** Of a member; undefined where it is none, or could be written in another way. */
  #name(): string | undefined {
    const begin = this.#at + 1;
    if (!this.#string()) return undefined;
    const name = this.#text.slice(begin, this.#at - 1);
    return name.includes('\\') ? undefined : name;
  }

  #value(depth: number): boolean {
    const code = this.#text.charCodeAt(this.#at);
    if (code === QUOTE) return this.#string();
    if (code === BRACE) return depth < MOST_DEPTH && this.#object(depth + 1);
    if (code === BRACKET) return depth < MOST_DEPTH && this.#array(depth + 1);
    if (code === LETTER_T) return this.#word('true');
    if (code === LETTER_F) return this.#word('false');
    if (code === LETTER_N) return this.#word('null');
    return this.#number();
  }

  #object(depth: number): boolean {
    this.#at += 1;
    this.#skip();
    if (this.#take(END_BRACE)) return true;
    do {
      this.#skip();
      if (!this.#string()) return false;
      this.#skip();
      if (!this.#take(COLON)) return false;
      this.#skip();
      if (!this.#value(depth)) return false;
      this.#skip();
    } while (this.#take(COMMA));
    return this.#take(END_BRACE);
  }

  #array(depth: number): boolean {
    this.#at += 1;
    this.#skip();
    if (this.#take(END_BRACKET)) return true;
    do {
      this.#skip();
      if (!this.#value(depth)) return false;
      this.#skip();
    } while (this.#take(COMMA));
    return this.#take(END_BRACKET);
  }

  #string(): boolean {
    const text = this.#text;
    if (text.charCodeAt(this.#at) !== QUOTE) return false;
    const far = this.#at + SHORT;
    for (let at = this.#at + 1; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        this.#at = at + 1;
        return true;
      }
      if (code < SPACE) return false;
      if (code === BACKSLASH) {
        const end = endOfEscape(text, at);
        if (end < 0) return false;
        at = end;
      } else if (at > far) {
        at = this.#plainEnd(at) - 1;
      }
    }
    return false;
  }

  /** Of a long text: where the next character is that is more than text, found by what is faster than looking at each. */
  #plainEnd(from: number): number {
    const text = this.#text;
    if (this.#backslash < from) this.#backslash = next(text, '\\', from);
    if (this.#control < from) this.#control = Math.min(...CONTROLS.map((control) => next(text, control, from)));
    if (this.#quote < from) this.#quote = next(text, '"', from);
    return Math.min(this.#quote, this.#backslash, this.#control);
  }

  #number(): boolean {
    this.#take(MINUS);
    if (!this.#take(ZERO) && !this.#digits()) return false;
    if (this.#take(DOT) && !this.#digits()) return false;
    // Of either case.
    if ((this.#text.charCodeAt(this.#at) | 0x20) !== LETTER_E) return true;
    this.#at += 1;
    if (!this.#take(PLUS)) this.#take(MINUS);
    return this.#digits();
  }

  #digits(): boolean {
    const begin = this.#at;
    for (; this.#at < this.#text.length; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (code < ZERO || code > NINE) break;
    }
    return this.#at > begin;
  }

  #word(word: string): boolean {
    if (!this.#text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  #take(code: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== code) return false;
    this.#at += 1;
    return true;
  }

  /** What a result may have between its parts: it is to be one line. */
  #skip(): void {
    while (this.#text.charCodeAt(this.#at) === SPACE) this.#at += 1;
  }

  #skipLines(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== SPACE && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at += 1;
    }
  }
}

/** @returns the last character of the escape that begins here; -1 where it is none */
function endOfEscape(text: string, at: number): number {
  const escaped = text.charCodeAt(at + 1);
  if (escaped === LETTER_U) return isHex(text, at + 2) ? at + 5 : -1;
  return ESCAPED.has(escaped) ? at + 1 : -1;
}

function next(text: string, what: string, from: number): number {
  const found = text.indexOf(what, from);
  return found < 0 ? text.length : found;
}

function isHex(text: string, begin: number): boolean {
  for (let at = begin; at < begin + 4; at++) {
    const code = text.charCodeAt(at);
    const isDigit = code >= ZERO && code <= NINE;
    const isLetter = (code | 0x20) >= 0x61 && (code | 0x20) <= 0x66;
    if (!isDigit && !isLetter) return false;
  }
  return true;
}
