import pg from 'pg';
import { type DatabaseConnection, toDriverOptions } from '../database/connection.js';
import type { Logger } from '../logging/logger.js';

export type HintListener = (data: unknown) => void;

interface Wire {
  from: string;
  topic: string;
  data: unknown;
}

const CHANNEL = 'switchyard_hints';
/** Postgres refuses a payload of 8,000 bytes. */
const MAX_PAYLOAD_BYTES = 7_800;
const MAX_PENDING = 5_000;

/**
 * Nudges between and inside processes, over NOTIFY. One may be lost: whoever acts on them must also be right without.
 * In this process a hint arrives at once, elsewhere after a few milliseconds.
 */
export class Hints {
  private readonly listeners = new Map<string, Set<HintListener>>();
  private readonly onGap = new Set<() => void>();
  private client: pg.Client | undefined;
  private pending: string[] = [];
  private flushing = false;
  private closed = false;

  constructor(
    private readonly connection: DatabaseConnection,
    private readonly processId: string,
    private readonly logger: Logger,
  ) {}

  async start(): Promise<void> {
    await this.connect();
  }

  async stop(): Promise<void> {
    this.closed = true;
    await this.client?.end().catch(() => undefined);
  }

  /** `data` that does not fit a notification stays in this process. */
  publish(topic: string, data: unknown = null): void {
    this.dispatch(topic, data);
    const wire: Wire = { from: this.processId, topic, data };
    const text = JSON.stringify(wire);
    if (Buffer.byteLength(text) > MAX_PAYLOAD_BYTES || this.pending.length >= MAX_PENDING) return;
    this.pending.push(text);
    void this.flush();
  }

  subscribe(topic: string, listener: HintListener): () => void {
    const set = this.listeners.get(topic) ?? new Set();
    set.add(listener);
    this.listeners.set(topic, set);
    return () => {
      set.delete(listener);
      if (set.size === 0 && this.listeners.get(topic) === set) this.listeners.delete(topic);
    };
  }

  /** Called when hints may have been missed. */
  subscribeToGaps(listener: () => void): () => void {
    this.onGap.add(listener);
    return () => this.onGap.delete(listener);
  }

  private dispatch(topic: string, data: unknown): void {
    for (const listener of this.listeners.get(topic) ?? []) listener(data);
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({
      ...toDriverOptions(this.connection).pg,
      application_name: 'switchyard hints',
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
    client.on('notification', ({ payload }) => this.receive(payload));
    // Each time: a dying connection may fail more than once, and an error that nobody hears ends the process.
    client.on('error', (error: Error) => this.lost(client, error));
    client.on('end', () => this.lost(client));
    await client.connect();
    await client.query(`listen ${CHANNEL}`);
    this.client = client;
  }

  private receive(payload: string | undefined): void {
    if (!payload) return;
    const { from, topic, data } = JSON.parse(payload) as Wire;
    if (from !== this.processId) this.dispatch(topic, data);
  }

  private lost(client: pg.Client, error?: Error): void {
    if (this.closed || this.client !== client) return;
    this.client = undefined;
    client.end().catch(() => undefined);
    this.logger.warn({ reason: error?.message }, 'hints lost their connection');
    void this.reconnect();
  }

  private async reconnect(): Promise<void> {
    for (let delay = 100; !this.closed; delay = Math.min(delay * 2, 2_000)) {
      await new Promise((resolve) => setTimeout(resolve, delay));
      try {
        await this.connect();
        for (const listener of this.onGap) listener();
        void this.flush();
        return;
      } catch {
        // Postgres is still away: the next round tries again.
      }
    }
  }

  private async flush(): Promise<void> {
    if (this.flushing || !this.client) return;
    this.flushing = true;
    try {
      while (this.pending.length > 0 && this.client) {
        const batch = this.pending;
        this.pending = [];
        await this.client.query('select pg_notify($1, text) from unnest($2::text[]) as text', [CHANNEL, batch]);
      }
    } catch (error) {
      this.logger.warn({ reason: (error as Error).message }, 'hints not sent');
    } finally {
      this.flushing = false;
    }
  }
}
