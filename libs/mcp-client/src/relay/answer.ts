import type { RawResult } from '../raw-result.js';
import type { CutResult } from './cut-result.js';
import type { RelayedAnswer } from './relay.js';

/** Of a result that was not read. */
export class CutAnswer implements RelayedAnswer {
  readonly text: string;
  readonly isError: boolean;
  readonly resultType: string | undefined;
  #result: RawResult | undefined;

  constructor({ text, isError, resultType }: CutResult) {
    this.text = text;
    this.isError = isError;
    this.resultType = resultType;
  }

  result(): RawResult {
    return (this.#result ??= JSON.parse(this.text) as RawResult);
  }
}

/** Of one that had to be. */
export class ReadAnswer implements RelayedAnswer {
  readonly isError: boolean;
  readonly resultType: string | undefined;
  readonly #result: RawResult;
  #text: string | undefined;

  constructor(result: RawResult) {
    this.#result = result;
    this.isError = result.isError === true;
    this.resultType = typeof result.resultType === 'string' ? result.resultType : undefined;
  }

  get text(): string {
    return (this.#text ??= JSON.stringify(this.#result));
  }

  result(): RawResult {
    return this.#result;
  }
}
