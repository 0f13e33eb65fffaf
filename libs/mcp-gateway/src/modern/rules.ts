import { type Soon, whenHere } from '@app/soon';
import type { ClientRequest, ErrorReply, InputRequiredReply, Reply, RequestInput } from '../backend.js';
import { capabilityFor, requireCapability } from '../client-capabilities.js';
import { isObject, type JsonObject } from '../json/json.js';
import type { Pieces } from '../json/pieces.js';
import type { Sealer } from '../ports.js';
import { CODES, ProtocolError } from '../protocol-error.js';
import type { EraRules } from '../requests.js';
import { codeOf, listResult, replyResult, statusOf } from './results.js';
import { openState, sealState } from './state.js';

/** Requests that may be answered by questions (Multi Round-Trip Requests, Supported Requests). */
const MAY_ASK = new Set(['tools/call', 'resources/read', 'prompts/get']);

/** What the modern era makes of answers. */
export class ModernRules implements EraRules {
  readonly list = listResult;
  readonly codeOf = codeOf;
  readonly statusOf = statusOf;

  constructor(
    private readonly sealer: Sealer,
    private readonly stateLifetimeMs: number,
  ) {}

  reply(request: ClientRequest, reply: Exclude<Reply, ErrorReply>, key: string): Soon<Pieces> {
    if (reply.kind === 'result') return replyResult(request.method, reply, request.input !== undefined);
    return this.#questions(request, reply, key).then((questions) => [JSON.stringify(questions)]);
  }

  /** What came back from questions before; undefined where nothing did. @throws ProtocolError */
  inputOf(method: string, params: JsonObject, key: string): Soon<RequestInput | undefined> {
    const { inputResponses, requestState } = params;
    if (!MAY_ASK.has(method) || (inputResponses === undefined && requestState === undefined)) return undefined;
    if (inputResponses !== undefined && !isObject(inputResponses)) {
      throw new ProtocolError(CODES.invalidParams, 'inputResponses has to be an object.');
    }
    const responses = inputResponses ?? {};
    if (requestState === undefined) return { responses, state: undefined };
    const opened = openState(this.sealer, { key, method, params }, requestState, Date.now());
    return whenHere(opened, (state) => ({ responses, state }));
  }

  async #questions(request: ClientRequest, reply: InputRequiredReply, key: string): Promise<JsonObject> {
    const { method, params, clientCapabilities } = request;
    if (!MAY_ASK.has(method)) throw new Error(`Nobody may be asked in answer to ${method}.`);
    const { inputRequests, state } = reply;
    for (const question of Object.values(inputRequests ?? {})) checkQuestion(question, clientCapabilities);
    const lifetime = { lifetimeMs: this.stateLifetimeMs, now: Date.now() };
    return {
      resultType: 'input_required',
      ...(inputRequests && { inputRequests }),
      ...(state !== undefined && {
        requestState: await sealState(this.sealer, { key, method, params }, state, lifetime),
      }),
    };
  }
}

function checkQuestion(question: unknown, declared: JsonObject): void {
  const path = isObject(question) ? capabilityFor(question.method, question.params) : undefined;
  if (!path) throw new Error('A client can be asked for elicitation, sampling and roots only.');
  requireCapability(declared, path);
}
