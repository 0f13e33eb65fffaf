import { NOWHERE, type Soon } from '@app/soon';
import type { ClientRequest } from '../backend.js';
import { Conversation } from '../conversation.js';
import type { Equipment } from '../equipment.js';
import type { Answer } from '../http/answer.js';
import { isObject, type JsonObject } from '../json/json.js';
import type { NotificationMessage, RequestMessage, ResponseMessage } from '../json/message.js';
import { resultOf } from '../json/pieces.js';
import type { SessionRecord } from '../ports.js';
import { CODES, ProtocolError } from '../protocol-error.js';
import { methodNotFound, type Outcome, type Visitor } from '../requests.js';
import { isLogLevel, offers } from '../revisions.js';
import { tooMany } from '../subscriptions.js';
import type { Post } from './between-processes.js';
import { Questions } from './questions.js';
import { LEGACY_RULES } from './rules.js';
import type { SessionListeners } from './session-listeners.js';
import type { Sessions } from './sessions.js';

const CANCELLED = 'The client has cancelled the request.';
const CAN_BE_ASKED = ['elicitation', 'sampling', 'roots'];
/** Looked for once in what the client of a session said of itself, instead of with each of its requests. */
const askable = new WeakMap<JsonObject, boolean>();

/** What a session says: requests, notifications, and answers to questions. */
export class SessionRequests<Caller> {
  constructor(
    private readonly equipment: Equipment<Caller>,
    private readonly sessions: Sessions,
    private readonly listeners: SessionListeners<Caller>,
    private readonly questions: Questions,
    private readonly post: Post,
  ) {}

  hear({ id: session }: SessionRecord, { method, params }: NotificationMessage): void {
    const { requestId: request } = params;
    if (method !== 'notifications/cancelled') return;
    if (typeof request !== 'string' && typeof request !== 'number') return;
    const isHere = this.equipment.running.interrupt(session, request, CANCELLED);
    if (!isHere) this.post.send('cancelled', { session, request, reason: CANCELLED });
  }

  /** Goes to who asked, here or elsewhere. */
  takeAnswer(session: SessionRecord, response: ResponseMessage): void {
    const node = Questions.nodeOf(response.id);
    if (node === undefined || this.questions.answer(session.id, response)) return;
    if (node !== this.post.node) this.post.send('answered', { session: session.id, response: { ...response } }, node);
  }

  /** `makeAnswer` is told how to interrupt the request. */
  answer(
    visitor: Visitor<Caller>,
    session: SessionRecord,
    message: RequestMessage,
    makeAnswer: (interrupt: (reason: string) => void) => Answer,
  ): Soon<void> {
    const { running, requests } = this.equipment;
    const request = requestOf(session, message);
    const answer = makeAnswer((reason) => talk.signal.interrupt(reason));
    const talk = new Conversation(request, answer, this.#askOf(session, answer));
    const entry = { key: visitor.key, sessionId: session.id, id: message.id, talk, slot: NOWHERE };
    running.add(entry);
    const finish = ({ body, status }: Outcome) => {
      talk.over();
      running.remove(entry);
      answer.finish(body, status);
    };
    const own = this.#ownAnswer(visitor, session, request);
    return own ? own.then(finish) : requests.answer(visitor, request, talk, LEGACY_RULES, finish);
  }

  #askOf(session: SessionRecord, { isOneWay }: Answer): ConstructorParameters<typeof Conversation>[2] {
    if (isOneWay || !canBeAsked(session)) return undefined;
    return (talk, question, options) => this.questions.ask(session, talk, question, options);
  }

  /** Of what is between the client and its session alone. */
  #ownAnswer(visitor: Visitor<Caller>, session: SessionRecord, request: ClientRequest): Promise<Outcome> | undefined {
    const change = CHANGES.get(request.method);
    if (!change && request.method !== 'ping') return undefined;
    const done = change ? this.#changeBy(change, visitor, session, request) : Promise.resolve();
    return done.then(
      () => ({ body: resultOf(request.id, ['{}']), status: 200 }),
      (error: unknown) => this.equipment.requests.failure(request, error, LEGACY_RULES),
    );
  }

  /** @throws ProtocolError */
  async #changeBy(
    change: ChangingMethod,
    { caller }: Visitor<Caller>,
    session: SessionRecord,
    request: ClientRequest,
  ): Promise<void> {
    const { capabilities } = await this.equipment.backend.describe(caller, 'legacy');
    if (!offers(capabilities, change.needs)) throw methodNotFound(request.method);
    await this.#change(session, change.of(session, request.params, this.equipment.limits.maxSubscriptions));
  }

  async #change(session: SessionRecord, change: Change): Promise<void> {
    await this.sessions.change(session, change);
    this.post.send('changed', { session: session.id });
    if (change.resources) await this.listeners.refresh(session);
  }
}

type Change = Partial<Pick<SessionRecord, 'logLevel' | 'resources'>>;

interface ChangingMethod {
  needs: readonly string[];
  of(session: SessionRecord, params: JsonObject, maxSubscriptions: number): Change;
}

const SETTERS: Readonly<Record<string, ChangingMethod>> = {
  'logging/setLevel': {
    needs: ['logging'],
    of: (_session, { level }) => {
      if (!isLogLevel(level)) throw new ProtocolError(CODES.invalidParams, 'There is no such level.');
      return { logLevel: level };
    },
  },
  'resources/subscribe': {
    needs: ['resources', 'subscribe'],
    of: ({ resources }, params, most) => {
      const wanted = [...new Set([...resources, addressIn(params)])];
      if (wanted.length > most) throw tooMany(most);
      return { resources: wanted };
    },
  },
  'resources/unsubscribe': {
    needs: ['resources', 'subscribe'],
    of: ({ resources }, params) => {
      const address = addressIn(params);
      return { resources: resources.filter((one) => one !== address) };
    },
  },
};

const CHANGES = new Map(Object.entries(SETTERS));

function canBeAsked({ clientCapabilities }: SessionRecord): boolean {
  const known = askable.get(clientCapabilities);
  if (known !== undefined) return known;
  const can = CAN_BE_ASKED.some((name) => offers(clientCapabilities, [name]));
  askable.set(clientCapabilities, can);
  return can;
}

function addressIn({ uri }: JsonObject): string {
  if (typeof uri === 'string') return uri;
  throw new ProtocolError(CODES.invalidParams, 'uri has to be a string.');
}

function requestOf(session: SessionRecord, { id, method, params }: RequestMessage): ClientRequest {
  const meta = isObject(params._meta) ? params._meta : {};
  const { progressToken } = meta;
  return {
    id,
    method,
    params,
    meta,
    era: 'legacy',
    version: session.version,
    sessionId: session.id,
    clientInfo: session.clientInfo,
    clientCapabilities: session.clientCapabilities,
    logLevel: session.logLevel,
    progressToken: typeof progressToken === 'string' || typeof progressToken === 'number' ? progressToken : undefined,
    input: undefined,
  };
}
