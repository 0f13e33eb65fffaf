import type { Notification } from '../backend.js';
import type { Equipment } from '../equipment.js';
import type { Visit } from '../http/visit.js';
import { messageOf } from '../json/answers.js';
import type { SessionRecord } from '../ports.js';
import { isLoudEnough, primesStreams } from '../revisions.js';
import { ResponseSink } from '../sse/response-sink.js';
import type { ResumableStream } from '../sse/resumable-stream.js';
import type { Streams } from '../sse/streams.js';
import { everything } from '../subscriptions.js';

/** One session that listens: its streams, and what it hears of. */
interface Listener<Caller> {
  session: SessionRecord;
  caller: Caller;
  /** In the order in which they were opened. */
  streams: Set<ResumableStream>;
  stop: () => void;
}

/** The streams by GET, on which sessions hear of what belongs to no request. */
export class SessionListeners<Caller> {
  readonly #bySession = new Map<string, Listener<Caller>>();

  constructor(
    private readonly equipment: Equipment<Caller>,
    private readonly streams: Streams,
  ) {}

  get size(): number {
    return this.#bySession.size;
  }

  async open({ caller, response }: Visit<Caller>, session: SessionRecord): Promise<void> {
    const { limits, backend } = this.equipment;
    const { capabilities } = await backend.describe(caller, 'legacy');
    if (response.destroyed) return;
    const listener = this.#listenerOf(session, caller);
    this.#subscribe(listener, capabilities);
    const stream = this.streams.open('listening', session.id, () => this.#forget(stream));
    listener.streams.add(stream);
    this.#bySession.set(session.id, listener);
    this.attach(response, stream);
    if (primesStreams(session.version)) stream.prime(limits.retryMs);
    const [oldest] = listener.streams;
    if (oldest && listener.streams.size > limits.maxListenersOfSession) this.#drop(oldest);
  }

  /** @returns false when what came after `seen` is gone, and nothing was sent */
  attach(response: Visit<Caller>['response'], stream: ResumableStream, seen = 0): boolean {
    if (!stream.holds(seen)) return false;
    const sink = new ResponseSink(response, this.equipment.limits.maxUnreadBytes);
    response.once('close', () => stream.detach(sink));
    stream.attach(sink, seen);
    sink.open();
    return true;
  }

  /** The session wants to hear of other things than before. */
  async refresh(session: SessionRecord): Promise<void> {
    const listener = this.#bySession.get(session.id);
    if (!listener) return;
    listener.session = session;
    const { capabilities } = await this.equipment.backend.describe(listener.caller, 'legacy');
    if (this.#bySession.get(session.id) === listener) this.#subscribe(listener, capabilities);
  }

  /** As above, when another process has changed it. */
  async reload(sessionId: string, find: (key: string) => SessionRecord | Promise<SessionRecord>): Promise<void> {
    const listener = this.#bySession.get(sessionId);
    if (listener) await this.refresh(await find(listener.session.key));
  }

  end(belongs: (session: SessionRecord) => boolean): void {
    for (const { session, streams } of this.#bySession.values()) {
      if (belongs(session)) for (const stream of streams) this.#drop(stream);
    }
  }

  /** Lets all go, to come back to another process. */
  release(): void {
    for (const { streams } of this.#bySession.values()) {
      for (const stream of streams) stream.release(this.equipment.limits.retryMs);
    }
  }

  #listenerOf(session: SessionRecord, caller: Caller): Listener<Caller> {
    const known = this.#bySession.get(session.id);
    const listener = known ?? { session, caller, streams: new Set(), stop: () => {} };
    listener.caller = caller;
    return listener;
  }

  #subscribe(listener: Listener<Caller>, capabilities: Record<string, unknown>): void {
    const before = listener.stop;
    const filter = everything(capabilities, listener.session.resources);
    listener.stop = this.equipment.backend.subscribe(listener.caller, filter, (told) => this.#tell(listener, told));
    before();
  }

  /** On one stream only: the last that somebody reads, else the last. */
  #tell({ session, streams }: Listener<Caller>, { method, params = {} }: Notification): void {
    const { logLevel } = session;
    const isLog = method === 'notifications/message';
    if (isLog && logLevel !== undefined && !isLoudEnough(params.level, logLevel)) return;
    const newestFirst = [...streams].reverse();
    const stream = newestFirst.find(({ unreadSince }) => unreadSince === undefined) ?? newestFirst[0];
    stream?.send([messageOf(method, params)]);
  }

  #drop(stream: ResumableStream): void {
    this.streams.drop(stream);
    this.#forget(stream);
  }

  #forget(stream: ResumableStream): void {
    const listener = this.#bySession.get(stream.sessionId);
    if (!listener?.streams.delete(stream) || listener.streams.size > 0) return;
    this.#bySession.delete(stream.sessionId);
    listener.stop();
  }
}
