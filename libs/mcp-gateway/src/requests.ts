import type { ClientRequest, Era, ErrorReply, Listed, ListPage, McpBackend, Reply } from './backend.js';
import type { Conversation } from './conversation.js';
import { bodyOf, errorOf, type ErrorBody, INTERNAL } from './json/answers.js';
import { type Pieces, resultOf } from './json/pieces.js';
import { CODES, ProtocolError } from './protocol-error.js';
import { offers } from './revisions.js';

/** What an era makes of what was answered. */
export interface EraRules {
  list(page: ListPage, what: Listed): Pieces;
  reply(request: ClientRequest, reply: Exclude<Reply, ErrorReply>, key: string): Promise<Pieces>;
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
const METHODS: Readonly<Record<string, Method>> = {
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

  async answer(visitor: Visitor<Caller>, request: ClientRequest, talk: Conversation, era: EraRules): Promise<Outcome> {
    const { caller, key } = visitor;
    try {
      const method = await this.#methodOf(caller, request);
      if (method.list) {
        const page = await this.backend.list(caller, method.list, cursorOf(request));
        return { body: resultOf(request.id, era.list(page, method.list)), status: 200 };
      }
      const reply = await this.backend.request(caller, request, talk);
      if (reply.kind === 'error') return refused(request, reply, reply.status, era);
      return { body: resultOf(request.id, await era.reply(request, reply, key)), status: 200 };
    } catch (error) {
      return this.failure(request, error, era);
    }
  }

  failure(request: ClientRequest, error: unknown, era: EraRules): Outcome {
    if (error instanceof ProtocolError) {
      return refused(request, bodyOf(error), error.facts.status, era);
    }
    this.onError(error);
    return refused(request, INTERNAL, undefined, era);
  }

  async #methodOf(caller: Caller, request: ClientRequest): Promise<Method> {
    const method = Object.hasOwn(METHODS, request.method) ? METHODS[request.method] : undefined;
    if (!method || (method.eras && !method.eras.includes(request.era))) throw methodNotFound(request.method);
    if (!method.needs) return method;
    const { capabilities } = await this.backend.describe(caller, request.era);
    if (!method.needs.some((path) => offers(capabilities, path))) throw methodNotFound(request.method);
    return method;
  }
}

function cursorOf({ params }: ClientRequest): string | undefined {
  const { cursor } = params;
  if (cursor === undefined || typeof cursor === 'string') return cursor;
  throw new ProtocolError(CODES.invalidParams, 'A cursor is a string.');
}

function refused({ id }: ClientRequest, error: ErrorBody, status: number | undefined, era: EraRules): Outcome {
  const code = era.codeOf(error.code);
  return { body: errorOf(id, { ...error, code }), status: status ?? era.statusOf(code) };
}
