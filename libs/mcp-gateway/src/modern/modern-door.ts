import { NOWHERE, type Soon, whenHere } from '@app/soon';
import type { ClientRequest, RequestInput } from '../backend.js';
import { Conversation } from '../conversation.js';
import type { Equipment } from '../equipment.js';
import { PostAnswer } from '../http/answer.js';
import { sendEmpty, sendJson } from '../http/send.js';
import type { Visit } from '../http/visit.js';
import type { Message, RequestMessage } from '../json/message.js';
import { CODES, ProtocolError } from '../protocol-error.js';
import { PlainChannel } from '../sse/channels.js';
import { ResponseSink } from '../sse/response-sink.js';
import { discoverAnswer } from './discover.js';
import { checkVersion, type Envelope, readEnvelope } from './envelope.js';
import { checkHeaders, checkParamHeaders } from './headers.js';
import { Listeners } from './listening.js';
import { ModernRules } from './rules.js';

/** Revisions without sessions: each request tells everything that it needs (2026-07-28). */
export class ModernDoor<Caller> {
  readonly listeners: Listeners<Caller>;
  readonly #rules: ModernRules;

  constructor(private readonly equipment: Equipment<Caller>) {
    this.listeners = new Listeners(equipment);
    this.#rules = new ModernRules(equipment.sealer, equipment.limits.stateLifetimeMs);
  }

  /** @throws ProtocolError */
  handle(visit: Visit<Caller>, message: Message): Soon<void> {
    if (message.kind === 'response') {
      throw new ProtocolError(CODES.invalidRequest, 'Clients send no responses in this revision.', { status: 400 });
    }
    if (message.kind === 'notification') return sendEmpty(visit.response, 202);
    const envelope = readEnvelope(message);
    checkHeaders(visit.request.headers, envelope.version, message);
    checkVersion(envelope.version);
    if (message.method === 'server/discover') return this.#discover(visit, message);
    if (message.method === 'subscriptions/listen') return this.listeners.open(visit, message);
    return whenHere(this.#read(visit, message, envelope), (request) => this.#relay(visit, request));
  }

  async #discover({ response, caller }: Visit<Caller>, { id }: RequestMessage): Promise<void> {
    sendJson(response, 200, discoverAnswer(id, await this.equipment.backend.describe(caller, 'modern')));
  }

  /** @throws ProtocolError */
  #read(visit: Visit<Caller>, message: RequestMessage, envelope: Envelope): Soon<ClientRequest> {
    const { method, params } = message;
    const checked = method === 'tools/call' ? this.#checkParamHeaders(visit, message) : undefined;
    return whenHere(checked, () =>
      whenHere(this.#rules.inputOf(method, params, visit.key), (input) => requestOf(message, envelope, input)),
    );
  }

  #checkParamHeaders({ caller, request }: Visit<Caller>, { params }: RequestMessage): Soon<void> {
    const { name } = params;
    if (typeof name !== 'string') return;
    return whenHere(this.equipment.backend.paramHeaders?.(caller, name), (rules) => {
      if (rules) checkParamHeaders(request.headers, rules, params.arguments);
    });
  }

  #relay(visit: Visit<Caller>, request: ClientRequest): Soon<void> {
    const { limits, pulse, requests, running } = this.equipment;
    const open = () => new PlainChannel(new ResponseSink(visit.response, limits.maxUnreadBytes));
    const gone = () => {
      if (!this.equipment.backend.outlivesClient?.(request)) talk.signal.interrupt('The client has gone.');
    };
    const answer = new PostAnswer(visit.response, limits, pulse, open, gone, { canComeBack: false });
    const talk = new Conversation(request, answer);
    const entry = { key: visit.key, sessionId: undefined, id: request.id, talk, slot: NOWHERE };
    running.add(entry);
    return requests.answer(visit, request, talk, this.#rules, ({ body, status }) => {
      talk.over();
      running.remove(entry);
      answer.finish(body, status);
    });
  }
}

function requestOf(
  { id, method, params }: RequestMessage,
  { version, meta, clientInfo, clientCapabilities, logLevel }: Envelope,
  input: RequestInput | undefined,
): ClientRequest {
  const { progressToken } = meta;
  return {
    id,
    method,
    params,
    meta,
    era: 'modern',
    version,
    sessionId: undefined,
    clientInfo,
    clientCapabilities,
    logLevel,
    progressToken: typeof progressToken === 'string' || typeof progressToken === 'number' ? progressToken : undefined,
    input,
  };
}
