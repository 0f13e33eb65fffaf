import { type Soon, whenHere } from '@app/soon';
import type { Equipment } from '../equipment.js';
import { PostAnswer } from '../http/answer.js';
import { checkAccepts, headerOf } from '../http/request-head.js';
import { sendEmpty, sendJson } from '../http/send.js';
import type { Visit } from '../http/visit.js';
import { whenGone } from '../http/when-gone.js';
import {
  type Message,
  type NotificationMessage,
  readMessage,
  type RequestMessage,
  type ResponseMessage,
} from '../json/message.js';
import { resultOf } from '../json/pieces.js';
import type { SessionRecord } from '../ports.js';
import { CODES, ProtocolError } from '../protocol-error.js';
import { allowsBatches, primesStreams } from '../revisions.js';
import { ResumableChannel } from '../sse/channels.js';
import { ResponseSink } from '../sse/response-sink.js';
import { readEventId, Streams } from '../sse/streams.js';
import { BatchAnswer, batchOf } from './batch.js';
import { Post } from './between-processes.js';
import { initializeResult, openSession } from './initialize.js';
import { Questions } from './questions.js';
import { RemoteStreams } from './remote-streams.js';
import { SessionListeners } from './session-listeners.js';
import { SessionRequests } from './session-requests.js';
import { Sessions } from './sessions.js';

const GONE = 'The client has gone.';

/** Revisions with a handshake and sessions (2025-03-26 to 2025-11-25). */
export class LegacyDoor<Caller> {
  readonly listeners: SessionListeners<Caller>;
  readonly streams: Streams;
  readonly #sessions: Sessions;
  readonly #post: Post;
  readonly #questions: Questions;
  readonly #remote: RemoteStreams;
  readonly #requests: SessionRequests<Caller>;

  constructor(
    private readonly equipment: Equipment<Caller>,
    node: string,
  ) {
    const { limits, pulse, courier, onError, sessions } = equipment;
    this.streams = new Streams(node, limits, pulse);
    this.#sessions = new Sessions(sessions, limits, onError);
    this.#post = new Post(node, courier, onError);
    this.#questions = new Questions(node, limits);
    this.#remote = new RemoteStreams(this.#post, this.streams, limits, pulse);
    this.listeners = new SessionListeners(equipment, this.streams);
    this.#requests = new SessionRequests(equipment, this.#sessions, this.listeners, this.#questions, this.#post);
    this.#hearOthers();
  }

  /** @throws ProtocolError */
  handle(visit: Visit<Caller>, message: Message): Soon<void> {
    if (message.kind === 'request' && message.method === 'initialize') return this.#initialize(visit, message);
    return whenHere(this.#sessionOf(visit), (session) => {
      if (message.kind === 'request') return this.#answer(visit, session, message);
      this.#hear(session, message);
      sendEmpty(visit.response, 202);
    });
  }

  /** @throws ProtocolError */
  async handleBatch(visit: Visit<Caller>, batch: readonly unknown[]): Promise<void> {
    const session = await this.#sessionOf(visit);
    if (!allowsBatches(session.version)) throw badBatch(`There are no batches in revision ${session.version}.`);
    const { maxBatch } = this.equipment.limits;
    if (batch.length === 0 || batch.length > maxBatch) throw badBatch(`A batch has 1 to ${maxBatch} messages.`);
    const answers: BatchAnswer[] = [];
    const work: Promise<void>[] = [];
    for (const message of batch.map(readMessage)) {
      if (message.kind !== 'request') {
        this.#hear(session, message);
        continue;
      }
      const answer = new BatchAnswer();
      answers.push(answer);
      const made = this.#requests.answer(visit, session, message, (interrupt) => {
        whenGone(visit.response, () => interrupt(GONE));
        return answer;
      });
      work.push(Promise.resolve(made));
    }
    await Promise.all(work);
    if (answers.length === 0) sendEmpty(visit.response, 202);
    else sendJson(visit.response, 200, batchOf(answers));
  }

  /** A stream for what belongs to no request, or the rest of one that broke off. @throws ProtocolError */
  async listen(visit: Visit<Caller>): Promise<void> {
    const { headers } = visit.request;
    checkAccepts(headers, ['text/event-stream']);
    const session = await this.#sessionOf(visit);
    const lastEventId = headerOf(headers, 'last-event-id');
    const place = lastEventId === undefined ? undefined : readEventId(lastEventId);
    if (place) {
      const stream = this.streams.find(place.stream, session.id);
      if (stream && this.listeners.attach(visit.response, stream, place.seen)) return;
      const isElsewhere = place.node !== this.#post.node;
      if (isElsewhere && (await this.#remote.borrow(visit.response, session.id, place))) return;
    }
    if (visit.response.destroyed) return;
    if (lastEventId !== undefined && !place?.isListening) throw noSuchStream();
    return this.listeners.open(visit, session);
  }

  /** @throws ProtocolError */
  async end(visit: Visit<Caller>): Promise<void> {
    const { id } = await this.#sessionOf(visit);
    await this.#sessions.remove(id);
    this.#endHere(id);
    this.#post.send('ended', { session: id });
    sendEmpty(visit.response, 204);
  }

  dismiss(belongs: (key: string) => boolean): void {
    this.#sessions.forgetAll(belongs);
    this.listeners.end(({ key }) => belongs(key));
  }

  close(): void {
    this.listeners.end(() => true);
    this.streams.dropAll(() => true);
    this.#post.close();
  }

  async #initialize({ caller, key, response }: Visit<Caller>, { id, params }: RequestMessage): Promise<void> {
    const session = openSession(params, key, Date.now());
    const description = await this.equipment.backend.describe(caller, 'legacy');
    await this.#sessions.create(session);
    const result = JSON.stringify(initializeResult(session, description));
    sendJson(response, 200, resultOf(id, [result]), ['mcp-session-id', session.id]);
  }

  #hear(session: SessionRecord, message: NotificationMessage | ResponseMessage): void {
    if (message.kind === 'response') this.#requests.takeAnswer(session, message);
    else this.#requests.hear(session, message);
  }

  #answer(visit: Visit<Caller>, session: SessionRecord, message: RequestMessage): Soon<void> {
    const { limits, pulse } = this.equipment;
    return this.#requests.answer(visit, session, message, (interrupt) => {
      const open = () => this.#openStream(visit, session, () => interrupt('The client did not come back.'));
      const canComeBack = primesStreams(session.version);
      return new PostAnswer(visit.response, limits, pulse, open, () => interrupt(GONE), { canComeBack });
    });
  }

  #openStream({ response }: Visit<Caller>, session: SessionRecord, onAbandoned: () => void): ResumableChannel {
    const { maxUnreadBytes, retryMs } = this.equipment.limits;
    const stream = this.streams.open('request', session.id, onAbandoned);
    const sink = new ResponseSink(response, maxUnreadBytes);
    stream.attach(sink);
    if (primesStreams(session.version)) stream.prime(retryMs);
    else sink.open();
    return new ResumableChannel(stream, sink, retryMs);
  }

  #sessionOf({ request, key }: Visit<Caller>): Soon<SessionRecord> {
    const id = headerOf(request.headers, 'mcp-session-id');
    if (id !== undefined) return this.#sessions.get(id, key);
    throw new ProtocolError(CODES.badSession, 'The Mcp-Session-Id header is missing: start with initialize.', {
      status: 400,
    });
  }

  #endHere(sessionId: string): void {
    this.#sessions.forget(sessionId);
    this.equipment.running.interruptAll('The session has ended.', (request) => request.sessionId === sessionId);
    this.listeners.end(({ id }) => id === sessionId);
    this.streams.dropAll((stream) => stream.sessionId === sessionId);
  }

  #hearOthers(): void {
    const { running, onError } = this.equipment;
    this.#post.on('cancelled', ({ session, request, reason }) => running.interrupt(session, request, reason));
    this.#post.on('ended', ({ session }) => this.#endHere(session));
    this.#post.on('changed', ({ session }) => {
      this.#sessions.forget(session);
      this.listeners.reload(session, (key) => this.#sessions.get(session, key)).catch(onError);
    });
    this.#post.on('answered', ({ session, response }) => {
      const message = readMessage({ jsonrpc: '2.0', ...response });
      if (message.kind === 'response') this.#questions.answer(session, message);
    });
  }
}

const badBatch = (message: string): ProtocolError => new ProtocolError(CODES.invalidRequest, message, { status: 400 });

const noSuchStream = (): ProtocolError =>
  new ProtocolError(CODES.noSuchSession, 'What is left of that stream is gone.', { status: 404 });
