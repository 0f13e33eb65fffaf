import type { AskOptions, ClientRequest, Exchange, Question } from './backend.js';
import type { Answer } from './http/answer.js';
import { Interrupter } from './interruption.js';
import { messageOf } from './json/answers.js';
import type { JsonObject } from './json/json.js';
import { isLoudEnough } from './revisions.js';

/** One request and what is said about it until it is answered. Its constructor keeps no function on it: see `PostAnswer`. */
export class Conversation implements Exchange {
  readonly signal = new Interrupter();
  #isOver = false;

  constructor(
    private readonly request: ClientRequest,
    private readonly answer: Answer,
    /** How the client is asked, where it can be. */
    private readonly way?: (conversation: Conversation, question: Question, options: AskOptions) => Promise<JsonObject>,
  ) {}

  get ask(): Exchange['ask'] {
    const { way } = this;
    return way && ((question, options) => way(this, question, options));
  }

  get release(): Exchange['release'] {
    return this.answer.release;
  }

  progress(params: JsonObject): void {
    const { progressToken } = this.request;
    if (progressToken !== undefined) this.notify('notifications/progress', { ...params, progressToken });
  }

  log(params: JsonObject): void {
    const { logLevel, era } = this.request;
    if (logLevel === undefined ? era === 'modern' : !isLoudEnough(params.level, logLevel)) return;
    this.notify('notifications/message', params);
  }

  notify(method: string, params: JsonObject): void {
    this.say(messageOf(method, params));
  }

  say(message: string): void {
    if (!this.#isOver) this.answer.send([message]);
  }

  /** From now on nothing is said any more: the answer is the last word. */
  over(): void {
    this.#isOver = true;
  }
}
