import { type Ageing, NOWHERE } from '@app/soon';
import type { Notification, SubscriptionFilter } from '../backend.js';
import type { Equipment } from '../equipment.js';
import type { Visit } from '../http/visit.js';
import { messageOf } from '../json/answers.js';
import type { JsonObject } from '../json/json.js';
import type { MessageId, RequestMessage } from '../json/message.js';
import { resultOf } from '../json/pieces.js';
import { CODES, ProtocolError } from '../protocol-error.js';
import { META } from '../revisions.js';
import { frameOf } from '../sse/frames.js';
import { ResponseSink } from '../sse/response-sink.js';
import { honoured, isWanted, readFilter } from '../subscriptions.js';

/** One `subscriptions/listen`: open until the client closes it, or we do. */
class Listener {
  stop = (): void => {};
  #sink: ResponseSink | undefined;

  constructor(
    readonly key: string,
    private readonly id: MessageId,
    private readonly filter: SubscriptionFilter,
  ) {}

  /** Nothing is heard before the client knows what it will hear. */
  open(sink: ResponseSink): void {
    this.#sink = sink;
    this.#say('notifications/subscriptions/acknowledged', { notifications: this.filter });
  }

  readonly hear = ({ method, params }: Notification): void => {
    if (isWanted(this.filter, { method })) this.#say(method, { ...params });
  };

  keepAlive(now: number, afterMs: number): void {
    this.#sink?.keepAlive(now, afterMs);
  }

  /** A last answer tells an end from a failure. */
  end(): void {
    const result = JSON.stringify({ resultType: 'complete', _meta: { [META.subscription]: this.id } });
    this.#sink?.write(frameOf(resultOf(this.id, [result])));
    this.#sink?.end();
  }

  #say(method: string, params: JsonObject): void {
    const _meta = { ...(params._meta as object | undefined), [META.subscription]: this.id };
    this.#sink?.write(frameOf([messageOf(method, { ...params, _meta })]));
  }
}

/** Those who listen here, in the modern era. */
export class Listeners<Caller> implements Ageing {
  slot = NOWHERE;
  readonly #byKey = new Map<string, Set<Listener>>();
  #isClosed = false;

  constructor(private readonly equipment: Equipment<Caller>) {}

  get size(): number {
    return this.#byKey.size;
  }

  async open(visit: Visit<Caller>, { id, params }: RequestMessage): Promise<void> {
    const { backend, limits, pulse } = this.equipment;
    const asked = readFilter(params, limits.maxSubscriptions);
    const { capabilities } = await backend.describe(visit.caller, 'modern');
    if (this.#isClosed) throw new ProtocolError(CODES.badSession, 'The server is stopping.', { status: 503 });
    if (visit.response.destroyed) return;
    const filter = honoured(asked, capabilities);
    const listener = new Listener(visit.key, id, filter);
    listener.stop = backend.subscribe(visit.caller, filter, listener.hear);
    visit.response.once('close', () => this.#remove(listener));
    listener.open(new ResponseSink(visit.response, limits.maxUnreadBytes));
    this.#add(listener);
    pulse.add(this);
  }

  close(): void {
    this.#isClosed = true;
    this.endAll(() => true);
  }

  endAll(belongs: (key: string) => boolean): void {
    for (const [key, listeners] of this.#byKey) {
      if (belongs(key)) for (const listener of listeners) this.#end(listener);
    }
  }

  age(now: number): void {
    if (this.#byKey.size === 0) return this.equipment.pulse.remove(this);
    for (const listeners of this.#byKey.values()) {
      for (const listener of listeners) listener.keepAlive(now, this.equipment.limits.keepAliveMs);
    }
  }

  #add(listener: Listener): void {
    const listeners = this.#byKey.get(listener.key) ?? new Set();
    this.#byKey.set(listener.key, listeners.add(listener));
    const [oldest] = listeners;
    if (oldest && listeners.size > this.equipment.limits.maxListenersOfKey) this.#end(oldest);
  }

  #end(listener: Listener): void {
    this.#remove(listener);
    listener.end();
  }

  #remove(listener: Listener): void {
    const listeners = this.#byKey.get(listener.key);
    if (!listeners?.delete(listener)) return;
    if (listeners.size === 0) this.#byKey.delete(listener.key);
    listener.stop();
  }
}
