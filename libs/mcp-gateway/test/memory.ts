import type { Courier, JsonObject, SessionRecord, SessionStore } from '../src/index.js';

/** Sessions of all processes of a test. Records are copied, as a database would. */
export class MemorySessions implements SessionStore {
  readonly records = new Map<string, SessionRecord>();
  finds = 0;

  async create(session: SessionRecord): Promise<void> {
    this.records.set(session.id, structuredClone(session));
  }

  async find(id: string): Promise<SessionRecord | undefined> {
    this.finds++;
    return structuredClone(this.records.get(id));
  }

  async change(id: string, change: Partial<SessionRecord>): Promise<void> {
    const record = this.records.get(id);
    if (record) Object.assign(record, change);
  }

  async touch(id: string, lastUsedAt: number): Promise<void> {
    await this.change(id, { lastUsedAt });
  }

  async remove(id: string): Promise<boolean> {
    return this.records.delete(id);
  }
}

/** Messages between endpoints of a test, as JSON, one after another. */
export class MemoryCourier implements Courier {
  readonly #listeners = new Map<string, Set<(message: JsonObject) => void>>();
  #isStopped = false;

  /** @param mostCharacters of a message; a larger one is lost */
  constructor(private readonly mostCharacters = Infinity) {}

  /** From now on nothing arrives. */
  stop(): void {
    this.#isStopped = true;
  }

  publish(topic: string, message: JsonObject): void {
    if (this.#isStopped) return;
    const text = JSON.stringify(message);
    if (text.length > this.mostCharacters) return;
    for (const listener of this.#listeners.get(topic) ?? []) {
      setImmediate(() => listener(JSON.parse(text) as JsonObject));
    }
  }

  subscribe(topic: string, listener: (message: JsonObject) => void): () => void {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  get size(): number {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }
}
