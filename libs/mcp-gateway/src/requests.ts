import { type Soon, whenHere } from '@app/soon';
import type { ClientRequest, Era, ErrorReply, Listed, ListPage, McpBackend, Reply } from './backend.js';
import type { Conversation } from './conversation.js';
import { bodyOf, errorOf, type ErrorBody, INTERNAL } from './json/answers.js';
import { type Pieces, resultOf } from './json/pieces.js';
import { CODES, ProtocolError } from './protocol-error.js';
import { offers } from './revisions.js';

/** What an era makes of what was answered. */
export interface EraRules {
  list(page: ListPage, what: Listed): Pieces;
  reply(request: ClientRequest, reply: Exclude<Reply, ErrorReply>, key: string): Soon<Pieces>;
  /** Of codes that the era does not know it makes one that it knows. */
  codeOf(code: number): number;
  statusOf(code: number): number;
}

interface Method {
  list?: Listed;
  eras?: readonly Era[];
  /** Capabilities one of which the server has to have; tools/call does without the look. */
  needs?: readonly (readonly string[])[];
}

const TASKS = [['tasks'], ['extensions', 'io.modelcontextprotocol/tasks']];

/** What is answered by the backend; anything else has an answer here, or none. */
const ANSWERED: Readonly<Record<string, Method>> = {
  'tools/call': {},
  'tools/list': { list: 'tools', needs: [['tools']] },
  'resources/list': { list: 'resources', needs: [['resources']] },
  'resources/templates/list': { list: 'resourceTemplates', needs: [['resources']] },
  'prompts/list': { list: 'prompts', needs: [['prompts']] },
  'resources/read': { needs: [['resources']] },
  'prompts/get': { needs: [['prompts']] },
  'completion/complete': { needs: [['completions']] },
  'tasks/get': { needs: TASKS },
  'tasks/cancel': { needs: TASKS },
  'tasks/update': { needs: TASKS, eras: ['modern'] },
  'tasks/list': { needs: TASKS, eras: ['legacy'] },
  'tasks/result': { needs: TASKS, eras: ['legacy'] },
};

const METHODS = new Map(Object.entries(ANSWERED));

export const methodNotFound = (method: string): ProtocolError =>
  new ProtocolError(CODES.methodNotFound, `Method not found: ${method.slice(0, 100)}`);

/** Whoever sent a message, as the host says. */
export interface Visitor<Caller> {
  caller: Caller;
  key: string;
}

export interface Outcome {
  /** The whole message. */
  body: Pieces;
  status: number;
}

/** Requests of either era on their way to the backend and back. */
export class Requests<Caller> {
  constructor(
    private readonly backend: McpBackend<Caller>,
    private readonly onError: (error: unknown) => void,
  ) {}

  /**
   * By as few promises as that takes: there are several for each call.
   * @param finish hears what came of it, once; what it throws the promise rejects with
   */
  answer(
    visitor: Visitor<Caller>,
    request: ClientRequest,
    talk: Conversation,
    era: EraRules,
    finish: (outcome: Outcome) => void,
  ): Soon<void> {
    const fail = (error: unknown) => finish(this.failure(request, error, era));
    let method: Soon<Method>;
    try {
      method = this.#methodOf(visitor.caller, request);
    } catch (error) {
      return fail(error);
    }
    if (!(method instanceof Promise) && !method.list) return this.#ask(visitor, request, talk, era, finish);
    return Promise.resolve(method).then(
      ({ list }) =>
        list ? this.#list(list, visitor, request, era, finish) : this.#ask(visitor, request, talk, era, finish),
      fail,
    );
  }

  failure(request: ClientRequest, error: unknown, era: EraRules): Outcome {
    if (error instanceof ProtocolError) {
      return refused(request, bodyOf(error), error.facts.status, era);
    }
    this.onError(error);
    return refused(request, INTERNAL, undefined, era);
  }

  async #list(
    what: Listed,
    { caller }: Visitor<Caller>,
    request: ClientRequest,
    era: EraRules,
    finish: (outcome: Outcome) => void,
  ): Promise<void> {
    let outcome: Outcome;
    try {
      const page = await this.backend.list(caller, what, cursorOf(request), request.era);
      outcome = outcomeOf(request, era.list(page, what));
    } catch (error) {
      outcome = this.failure(request, error, era);
    }
    finish(outcome);
  }

  #ask(
    { caller, key }: Visitor<Caller>,
    request: ClientRequest,
    talk: Conversation,
    era: EraRules,
    finish: (outcome: Outcome) => void,
  ): Promise<void> {
    return this.backend.request(caller, request, talk).then(
      (reply) => whenHere(this.#outcomeOf(request, reply, era, key), finish),
      (error: unknown) => whenHere(this.#outcomeOfFault(request, error, era, key), finish),
    );
  }

  #outcomeOfFault(request: ClientRequest, error: unknown, era: EraRules, key: string): Soon<Outcome> {
    if (error instanceof ProtocolError || !this.backend.replyTo) return this.failure(request, error, era);
    try {
      return this.#outcomeOf(request, this.backend.replyTo(request, error), era, key);
    } catch (unforeseen) {
      return this.failure(request, unforeseen, era);
    }
  }

  /** Never throws or rejects. */
  #outcomeOf(request: ClientRequest, reply: Reply, era: EraRules, key: string): Soon<Outcome> {
    if (reply.kind === 'error') return refused(request, reply, reply.status, era);
    const failed = (error: unknown) => this.failure(request, error, era);
    try {
      const result = era.reply(request, reply, key);
      if (result instanceof Promise) return result.then((pieces) => outcomeOf(request, pieces)).catch(failed);
      return outcomeOf(request, result);
    } catch (error) {
      return failed(error);
    }
  }

  /** @throws ProtocolError */
  #methodOf(caller: Caller, request: ClientRequest): Soon<Method> {
    const method = METHODS.get(request.method);
    if (!method || (method.eras && !method.eras.includes(request.era))) throw methodNotFound(request.method);
    const { needs } = method;
    if (!needs) return method;
    return whenHere(this.backend.describe(caller, request.era), ({ capabilities }) => {
      if (!needs.some((path) => offers(capabilities, path))) throw methodNotFound(request.method);
      return method;
    });
  }
}

const outcomeOf = ({ id }: ClientRequest, result: Pieces): Outcome => ({ body: resultOf(id, result), status: 200 });

function cursorOf({ params }: ClientRequest): string | undefined {
  const { cursor } = params;
  if (cursor === undefined || typeof cursor === 'string') return cursor;
  throw new ProtocolError(CODES.invalidParams, 'A cursor is a string.');
}

function refused({ id }: ClientRequest, error: ErrorBody, status: number | undefined, era: EraRules): Outcome {
  const code = era.codeOf(error.code);
  return { body: errorOf(id, { ...error, code }), status: status ?? era.statusOf(code) };
}
