import type { Limits } from '../limits.js';
import type { SessionRecord, SessionStore } from '../ports.js';
import { CODES, ProtocolError } from '../protocol-error.js';

interface Cached {
  session: SessionRecord;
  seenAt: number;
}

export const noSuchSession = (): ProtocolError =>
  new ProtocolError(CODES.noSuchSession, 'There is no such session: start a new one.', { status: 404 });

/** Sessions at hand: a warm call asks the store nothing. */
export class Sessions {
  readonly #cache = new Map<string, Cached>();

  constructor(
    private readonly store: SessionStore,
    private readonly limits: Limits,
    private readonly onError: (error: unknown) => void,
  ) {}

  async create(session: SessionRecord): Promise<void> {
    await this.store.create(session);
    this.#keep(session);
  }

  /** @throws ProtocolError where there is none under that key */
  get(id: string, key: string): SessionRecord | Promise<SessionRecord> {
    const cached = this.#cache.get(id);
    const now = Date.now();
    if (!cached || now - cached.seenAt > this.limits.sessionCacheMs) return this.#find(id, key, now);
    return this.#use(cached.session, key, now);
  }

  async change(session: SessionRecord, change: Partial<Pick<SessionRecord, 'logLevel' | 'resources'>>): Promise<void> {
    // At once, so that two changes in flight do not lose one of them.
    Object.assign(session, change);
    try {
      await this.store.change(session.id, change);
    } catch (error) {
      this.forget(session.id);
      throw error;
    }
  }

  async remove(id: string): Promise<boolean> {
    this.forget(id);
    return this.store.remove(id);
  }

  /** It is looked up again when it is needed next. */
  forget(id: string): void {
    this.#cache.delete(id);
  }

  forgetAll(belongs: (key: string) => boolean): void {
    for (const [id, { session }] of this.#cache) if (belongs(session.key)) this.#cache.delete(id);
  }

  async #find(id: string, key: string, now: number): Promise<SessionRecord> {
    const session = await this.store.find(id);
    this.#cache.delete(id);
    if (!session) throw noSuchSession();
    this.#keep(session);
    return this.#use(session, key, now);
  }

  #use(session: SessionRecord, key: string, now: number): SessionRecord {
    if (session.key !== key) throw noSuchSession();
    if (now - session.lastUsedAt > this.limits.touchEveryMs) {
      session.lastUsedAt = now;
      this.store.touch(session.id, now).catch(this.onError);
    }
    return session;
  }

  #keep(session: SessionRecord): void {
    this.#cache.set(session.id, { session, seenAt: Date.now() });
    if (this.#cache.size <= this.limits.maxCachedSessions) return;
    const [oldest] = this.#cache.keys();
    if (oldest !== undefined) this.#cache.delete(oldest);
  }
}
