import type { AskOptions, Question } from '../backend.js';
import { capabilityFor, hasCapability } from '../client-capabilities.js';
import type { Conversation } from '../conversation.js';
import { messageOf, questionOf } from '../json/answers.js';
import { isObject, type JsonObject } from '../json/json.js';
import type { ResponseMessage } from '../json/message.js';
import type { Limits } from '../limits.js';
import type { SessionRecord } from '../ports.js';

/** Why a question has no answer. */
export class QuestionFailed extends Error {
  override readonly name = 'QuestionFailed';

  constructor(
    readonly reason: 'refused' | 'timeout' | 'interrupted' | 'not_possible',
    message: string,
    /** What the client said, where it refused. */
    readonly error?: { code: number; message: string; data?: unknown },
  ) {
    super(message);
  }
}

interface Open {
  sessionId: string;
  settle: (response: ResponseMessage) => void;
}

/** Questions to clients that have no answer yet. Their ids tell which process waits. */
export class Questions {
  readonly #open = new Map<string, Open>();
  #count = 0;

  constructor(
    private readonly node: string,
    private readonly limits: Limits,
  ) {}

  get size(): number {
    return this.#open.size;
  }

  /** @returns the process that asked; undefined for an id that is none of ours */
  static nodeOf(id: unknown): string | undefined {
    return typeof id === 'string' ? /^([a-z0-9]+)\.\d+$/.exec(id)?.[1] : undefined;
  }

  /** Asks on the stream of the request that it is about. */
  ask(session: SessionRecord, talk: Conversation, question: Question, options: AskOptions): Promise<JsonObject> {
    const needs = capabilityFor(question.method, question.params);
    if (!needs || !hasCapability(session.clientCapabilities, needs)) {
      return Promise.reject(new QuestionFailed('not_possible', `The client cannot be asked for ${question.method}.`));
    }
    if (this.#open.size >= this.limits.maxOpenQuestions) {
      return Promise.reject(new QuestionFailed('not_possible', 'Too many questions are open.'));
    }
    const id = `${this.node}.${++this.#count}`;
    talk.say(questionOf(id, question.method, question.params));
    return this.#answerTo(id, session.id, talk, options);
  }

  /** @returns whether that session was asked that here */
  answer(sessionId: string, response: ResponseMessage): boolean {
    const open = this.#open.get(String(response.id));
    if (open?.sessionId !== sessionId) return false;
    open.settle(response);
    return true;
  }

  #answerTo(id: string, sessionId: string, talk: Conversation, options: AskOptions): Promise<JsonObject> {
    const { signal, timeoutMs = this.limits.questionTimeoutMs } = options;
    return new Promise((resolve, reject) => {
      const over = () => {
        clearTimeout(timer);
        this.#open.delete(id);
        talk.signal.removeEventListener('abort', interrupted);
        signal?.removeEventListener('abort', interrupted);
      };
      const giveUp = (reason: 'timeout' | 'interrupted', message: string) => {
        over();
        talk.say(messageOf('notifications/cancelled', { requestId: id, reason: message }));
        reject(new QuestionFailed(reason, message));
      };
      const interrupted = () => giveUp('interrupted', 'The question is no longer asked.');
      const timer = setTimeout(() => giveUp('timeout', 'The client did not answer in time.'), timeoutMs);
      const settle = ({ result, error }: ResponseMessage) => {
        over();
        if (result) resolve(result);
        else reject(refused(error));
      };
      this.#open.set(id, { sessionId, settle });
      talk.signal.addEventListener('abort', interrupted);
      signal?.addEventListener('abort', interrupted);
      if (talk.signal.aborted || signal?.aborted) interrupted();
    });
  }
}

function refused(error: unknown): QuestionFailed {
  const { code, message, data } = isObject(error) ? error : {};
  const told = {
    code: typeof code === 'number' ? code : 0,
    message: typeof message === 'string' ? message : 'The client refused.',
    ...(data !== undefined && { data }),
  };
  return new QuestionFailed('refused', told.message, told);
}
