import pg from 'pg';
import { type DatabaseConnection, toDriverOptions } from '../database/connection.js';
import type { Logger } from '../logging/logger.js';
import { type CarriedHint, type CarrierEvents, HintCarrier } from './hint-carrier.js';
import { Outbox } from './outbox.js';
import { decodeHint, encodeHint } from './wire.js';

const CHANNEL = 'switchyard_hints';
/** Postgres refuses a payload of 8,000 bytes. */
const MAX_PAYLOAD_BYTES = 7_800;
const LIMITS = { count: 5_000, bytes: 16 * 1024 * 1024, batch: 1_000 };
const QUERY_MS = 10_000;

/** Hints over PostgreSQL's NOTIFY, on one channel: whoever listens hears all of them. */
export class NotifyCarrier extends HintCarrier {
  readonly isForListeners = false;
  private readonly outbox: Outbox<{ text: string }>;
  private events: CarrierEvents | undefined;
  private client: pg.Client | undefined;
  private closed = false;

  constructor(
    private readonly connection: DatabaseConnection,
    private readonly processId: string,
    private readonly logger: Logger,
  ) {
    super();
    this.outbox = new Outbox(
      LIMITS,
      async (batch) => {
        const texts = batch.map(({ text }) => text);
        await this.client?.query('select pg_notify($1, text) from unnest($2::text[]) as text', [CHANNEL, texts]);
      },
      (error) => this.logger.warn({ reason: error.message }, 'hints not sent'),
    );
  }

  get isConnected(): boolean {
    return this.client !== undefined;
  }

  async start(events: CarrierEvents): Promise<void> {
    this.events = events;
    await this.connect();
  }

  async stop(): Promise<void> {
    this.closed = true;
    await this.client?.end().catch(() => undefined);
  }

  send(hint: CarriedHint): void {
    const text = encodeHint(this.processId, hint);
    if (Buffer.byteLength(text) > MAX_PAYLOAD_BYTES || !this.outbox.add({ text })) return;
    void this.flush();
  }

  listen(): void {
    // One channel carries all topics.
  }

  unlisten(): void {
    // As above.
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({
      ...toDriverOptions(this.connection).pg,
      application_name: 'switchyard hints',
      connectionTimeoutMillis: 5_000,
      query_timeout: QUERY_MS,
      keepAlive: true,
    });
    client.on('notification', ({ payload }) => this.receive(payload));
    // Each time: a dying connection may fail more than once, and an error that nobody hears ends the process.
    client.on('error', (error: Error) => this.lost(client, error));
    client.on('end', () => this.lost(client));
    try {
      await client.connect();
      // A hint may be lost: none waits until it is on the disk.
      await client.query(`listen ${CHANNEL}; set synchronous_commit = off`);
      if (this.closed) throw new Error('The process is stopping.');
      this.client = client;
    } catch (error) {
      // Not waited for: who does not answer does not say goodbye either.
      client.end().catch(() => undefined);
      throw error;
    }
  }

  private receive(payload: string | undefined): void {
    const hint = decodeHint(payload);
    if (hint && hint.from !== this.processId) this.events?.onHint(hint);
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
        this.events?.onGap();
        void this.flush();
        return;
      } catch {
        // Postgres is still away: the next round tries again.
      }
    }
  }

  private async flush(): Promise<void> {
    await this.outbox.flush(() => this.client !== undefined);
  }
}
