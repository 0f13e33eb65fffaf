import pg from 'pg';
import { type DatabaseConnection, toDriverOptions } from '../database/connection.js';
import type { Logger } from '../logging/logger.js';
import { type CarriedHint, type CarrierEvents, HintCarrier } from './hint-carrier.js';
import { LargeHints, type LargeHintLimits } from './large-hints.js';
import { LateHints } from './late-hints.js';
import { Outbox } from './outbox.js';
import { decodeHint, encodeHint, MAX_HINT_CHARACTERS } from './wire.js';

/** As it waits to be said; what is too large for that has an id, and goes by the table. */
interface Said {
  topic: string;
  text: string;
  id?: string;
}

const CHANNEL = 'switchyard_hints';
/** Says where a hint is, instead of what it says. */
const LARGE_CHANNEL = 'switchyard_large_hints';
const GAP_CHANNEL = 'switchyard_hint_gaps';
/** Postgres refuses a payload of 8,000 bytes. */
const MAX_PAYLOAD_BYTES = 7_800;
const LIMITS = { count: 5_000, bytes: 16 * 1024 * 1024, batch: 1_000 };
const QUERY_MS = 10_000;
const LARGE: LargeHintLimits = { keptMs: 30_000, maxBytes: 64 * 1024 * 1024 };
const MOST_LATE = 1_000;

/** Hints over PostgreSQL's NOTIFY, on one channel: whoever listens hears all of them, but fetches only the large ones it wants. */
export class NotifyCarrier extends HintCarrier {
  readonly isForListeners = false;
  private readonly outbox: Outbox<Said>;
  private readonly large: LargeHints;
  private readonly late: LateHints;
  private readonly wanted = new Set<string>();
  private events: CarrierEvents | undefined;
  private client: pg.Client | undefined;
  private owesGap = false;
  private closed = false;

  constructor(
    private readonly connection: DatabaseConnection,
    private readonly processId: string,
    private readonly logger: Logger,
    large: LargeHintLimits = LARGE,
  ) {
    super();
    this.large = new LargeHints((statement, values) => this.ask(statement, values), large);
    this.late = new LateHints(
      { onHint: (hint) => this.events?.onHint(hint), onLost: () => this.events?.onGap() },
      MOST_LATE,
    );
    this.outbox = new Outbox(
      LIMITS,
      (batch) => this.say(batch),
      (error) => {
        this.owesGap = true;
        this.logger.warn({ reason: error.message }, 'hints not sent');
      },
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
    this.large.stop();
    await this.client?.end().catch(() => undefined);
  }

  send(hint: CarriedHint): void {
    const text = encodeHint(this.processId, hint);
    if (text.length > MAX_HINT_CHARACTERS) return;
    const isSmall = Buffer.byteLength(text) <= MAX_PAYLOAD_BYTES;
    const id = isSmall ? undefined : this.large.admit(text);
    const isTaken = (isSmall || id !== undefined) && this.outbox.add({ topic: hint.topic, text, ...(id && { id }) });
    if (!isTaken) this.owesGap = true;
    void this.flush();
  }

  listen(topic: string): void {
    this.wanted.add(topic);
  }

  unlisten(topic: string): void {
    this.wanted.delete(topic);
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({
      ...toDriverOptions(this.connection).pg,
      application_name: 'switchyard hints',
      connectionTimeoutMillis: 5_000,
      query_timeout: QUERY_MS,
      keepAlive: true,
    });
    client.on('notification', ({ channel, payload }) => this.receive(channel, payload));
    // Each time: a dying connection may fail more than once, and an error that nobody hears ends the process.
    client.on('error', (error: Error) => this.lost(client, error));
    client.on('end', () => this.lost(client));
    try {
      await client.connect();
      // A hint may be lost: none waits until it is on the disk.
      await client.query(
        `listen ${CHANNEL}; listen ${LARGE_CHANNEL}; listen ${GAP_CHANNEL}; set synchronous_commit = off`,
      );
      if (this.closed) throw new Error('The process is stopping.');
      this.client = client;
    } catch (error) {
      // Not waited for: who does not answer does not say goodbye either.
      client.end().catch(() => undefined);
      throw error;
    }
  }

  private receive(channel: string, payload: string | undefined): void {
    if (channel === GAP_CHANNEL) return void (payload !== this.processId && this.events?.onGap());
    const hint = decodeHint(payload);
    if (!hint || hint.from === this.processId) return;
    const { topic } = hint;
    if (channel === LARGE_CHANNEL) {
      if (this.wanted.has(topic))
        this.late.add(topic, async () => decodeHint(await this.large.fetch(String(hint.data))));
    } else if (this.late.isWaitedFor(topic)) {
      this.late.add(topic, async () => hint);
    } else this.events?.onHint(hint);
  }

  /** In one statement after what it points to: who is told finds it, and all are told in the order of the batch. */
  private async say(batch: readonly Said[]): Promise<void> {
    await this.large.keep(batch.flatMap(({ id, text }) => (id === undefined ? [] : [{ id, text }])));
    const channels = batch.map(({ id }) => (id === undefined ? CHANNEL : LARGE_CHANNEL));
    const texts = batch.map(({ id, text, topic }) =>
      id === undefined ? text : encodeHint(this.processId, { topic, data: id }),
    );
    const statement = 'select pg_notify(channel, text) from unnest($1::text[], $2::text[]) as said (channel, text)';
    await this.ask(statement, [channels, texts]);
  }

  private async ask<Row extends object>(statement: string, values: unknown[]): Promise<Row[]> {
    if (!this.client) throw new Error('Hints have no connection.');
    return (await this.client.query<Row & pg.QueryResultRow>(statement, values)).rows;
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
    if (this.owesGap && this.client) await this.tellGap();
  }

  /** Others may have missed something. */
  private async tellGap(): Promise<void> {
    this.owesGap = false;
    await this.ask('select pg_notify($1, $2)', [GAP_CHANNEL, this.processId]).catch(() => {
      this.owesGap = true;
    });
  }
}
