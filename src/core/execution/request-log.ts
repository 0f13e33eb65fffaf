import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Apart, standApart } from '../../platform/apart.js';
import type { Config } from '../../platform/config/config.js';
import { copyLine } from '../../platform/database/copy-line.js';
import { CopyLines } from '../../platform/database/copy-lines.js';
import { isUniqueViolation } from '../../platform/database/database.js';
import { Logger } from '../../platform/logging/logger.js';
import { createScrubber } from '../../platform/logging/scrub.js';
import { scrubText } from '../../platform/logging/secret-forms.js';
import { Metrics } from '../../platform/metrics/metrics.js';
import { remembering } from '../../platform/recent.js';
import { CONFIG } from '../../platform/tokens.js';
import { type RedactedJson, toRedactedJson } from './redacted-json.js';
import { RequestLogRepository, type StoredBodies, type StoredRow, toStored } from './request-log.repository.js';
import type { RequestLogRow } from './request-log-row.js';

const FLUSH_MS = 250;
/** For others to gather: code that runs for many rows in a row costs each of them less than what it costs one alone. */
const PREPARE_MS = 20;
const RETRY_MS = 2_000;
/** Of one large statement the database has less to do for each row than of several small ones. */
const BATCH_ROWS = 4_000;
const BATCH_BYTES = 4 * 1024 * 1024;
const ROWS_AT_MOST = 20_000;
/** Of bodies, and then of lines, that wait to be written. */
const BYTES_AT_MOST = 64 * 1024 * 1024;
/** How long rows may hold up everybody else. */
const SLICE_MS = 4;

/** Programs that call. */
const AGENTS_AT_MOST = 500;

const PRIMARY_KEY = 'request_log_pkey';

const NO_BODY: RedactedJson = { json: null, truncated: false };
const NO_BODIES: StoredBodies = { request: NO_BODY, response: NO_BODY };

/** A call as it was told. */
interface Told {
  /** Of bodies that it keeps alive. */
  bytes: number;
  hasBodies: boolean;
  toRow: () => RequestLogRow;
}

/** Rows as they will be stored. */
class Batch {
  readonly added = new CopyLines();
  /** Of calls that waited, or wait, for an approval. By id: one statement may not write a row twice. */
  readonly replaced = new Map<string, StoredRow>();

  get rows(): number {
    return this.added.count + this.replaced.size;
  }

  get isFull(): boolean {
    return this.rows >= BATCH_ROWS || this.added.size >= BATCH_BYTES;
  }
}

/**
 * Rows are made ready some milliseconds after their calls, gather for a quarter of a second and are written together, so that no
 * call waits for its log line.
 */
@Injectable()
export class RequestLog implements OnApplicationShutdown {
  private told: Told[] = [];
  private preparing: NodeJS.Timeout | undefined;
  /** Ready to be stored, the last one still to be filled; they stay while the database is away. */
  private batches: [...Batch[], Batch] = [new Batch()];
  /** One that was stored: its memory is used again. */
  private spare: Batch | undefined;
  private heldBytes = 0;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  private readonly bodyBytes: number;
  private readonly scrub: (text: string) => string;
  private readonly agents: (text: string) => string;
  /** What is told inside a transaction is no part of it. */
  private readonly apart: Apart = standApart();
  private readonly dropped;
  private readonly bodiesDropped;

  constructor(
    private readonly rows: RequestLogRepository,
    @Inject(CONFIG) config: Config,
    metrics: Metrics,
    private readonly logger: Logger,
  ) {
    this.bodyBytes = config.requestLog.bodyBytes;
    this.scrub = createScrubber(config.log.secrets, scrubText);
    this.agents = remembering(AGENTS_AT_MOST, this.scrub);
    this.dropped = metrics.counter({
      name: 'app_request_log_dropped_total',
      help: 'Rows of the request log that were never stored: too many waited, or the database refused them.',
    });
    this.bodiesDropped = metrics.counter({
      name: 'app_request_log_bodies_dropped_total',
      help: 'Rows of the request log whose request and response were let go, since too many bytes waited.',
    });
    metrics.observe(
      { name: 'app_request_log_waiting', help: 'Rows of the request log that are not stored yet.' },
      () => this.unstored,
    );
  }

  /** One for each call; a second one of an id replaces a row that waited for an approval. Never throws, never waits. */
  record(row: RequestLogRow): void {
    const bytes = (row.request === null ? 0 : row.requestBytes) + (row.response === null ? 0 : row.responseBytes);
    this.tell(bytes, () => row);
  }

  /**
   * As `record`, of a row that is made when nobody waits any more.
   * @param bytes of its bodies
   */
  tell(bytes: number, toRow: () => RequestLogRow): void {
    if (this.unstored >= ROWS_AT_MOST) {
      this.dropped.inc();
      return;
    }
    this.told.push(this.hold(bytes, toRow));
    this.preparing ??= this.apart(() => setTimeout(this.prepare, PREPARE_MS));
    this.timer ??= this.apart(() => setTimeout(() => void this.flush(), FLUSH_MS));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.flush();
    if (this.unstored > 0) this.logger.error({ rows: this.unstored }, 'request log not written before the end');
    clearTimeout(this.timer);
  }

  /** Until all that was recorded so far is stored, or could not be. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.writing = this.writing.then(() => this.write());
    await this.writing;
  }

  private get unstored(): number {
    return this.batches.reduce((sum, { rows }) => sum + rows, this.told.length);
  }

  private hold(bytes: number, toRow: () => RequestLogRow): Told {
    if (bytes === 0) return { bytes, hasBodies: true, toRow };
    if (this.bodyBytes > 0 && this.heldBytes + bytes <= BYTES_AT_MOST) {
      this.heldBytes += bytes;
      return { bytes, hasBodies: true, toRow };
    }
    if (this.bodyBytes > 0) this.bodiesDropped.inc();
    return { bytes: 0, hasBodies: false, toRow };
  }

  private readonly prepare = (): void => {
    this.prepareSome();
    this.preparing = this.told.length > 0 ? setTimeout(this.prepare) : undefined;
  };

  /** All that costs is done here, a few milliseconds at a time. */
  private prepareSome(): void {
    const began = performance.now();
    let done = 0;
    for (const told of this.told) {
      this.put(told);
      done += 1;
      if (performance.now() - began >= SLICE_MS) break;
    }
    this.told = this.told.slice(done);
  }

  private put({ bytes, hasBodies, toRow }: Told): void {
    const batch = this.batches.at(-1) ?? new Batch();
    const row = this.made(toRow);
    if (!row) {
      this.heldBytes -= bytes;
      return;
    }
    const bodies = hasBodies ? this.bodiesOf(row) : NO_BODIES;
    const stored = toStored(row, bodies, { text: this.scrub, agent: this.agents });
    const before = batch.added.size;
    if (row.approvalId === null) batch.added.add(copyLine(stored));
    else batch.replaced.set(row.id, stored);
    this.heldBytes += batch.added.size - before - bytes;
    if (!batch.isFull) return;
    this.beginBatch();
    void this.apart(() => this.flush());
  }

  private made(toRow: () => RequestLogRow): RequestLogRow | undefined {
    try {
      return toRow();
    } catch (error) {
      this.dropped.inc();
      this.logger.error({ err: error }, 'a row of the request log could not be made');
      return undefined;
    }
  }

  /** What was told until now: what comes meanwhile gathers anew, or there would be a statement for every few rows. */
  private async write(): Promise<void> {
    const last = this.told.at(-1);
    while (last && this.told.includes(last)) {
      this.prepareSome();
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (this.batches.at(-1)?.rows) this.beginBatch();
    for (let due = this.batches.length - 1; due > 0; due -= 1) {
      const [batch] = this.batches;
      try {
        await this.store(batch);
      } catch (error) {
        this.logger.warn({ waiting: this.unstored, err: error }, 'request log not written');
        this.timer ??= setTimeout(() => void this.flush(), RETRY_MS);
        return;
      }
      this.batches.shift();
      this.spare = batch;
    }
  }

  private beginBatch(): void {
    this.batches.push(this.spare ?? new Batch());
    this.spare = undefined;
  }

  private bodiesOf({ request, response, secretPaths = [], requestJson, responseJson }: RequestLogRow): StoredBodies {
    const limits = { limit: this.bodyBytes, scrub: this.scrub };
    return {
      request: request === null ? NO_BODY : toRedactedJson(request, { ...limits, secretPaths, json: requestJson }),
      response: response === null ? NO_BODY : toRedactedJson(response, { ...limits, json: responseJson }),
    };
  }

  private async store({ added, replaced }: Batch): Promise<void> {
    if (added.count > 0) await this.storeAll(added.bytes, added.each(), (lines) => this.rows.add(lines));
    this.heldBytes -= added.size;
    added.clear();
    const rows = [...replaced.values()];
    const each = rows.map((row) => [row]);
    if (rows.length > 0) await this.storeAll(rows, each, (some) => this.rows.replace(some));
    replaced.clear();
  }

  /** One row that the database refuses must not keep the others back. */
  private async storeAll<Rows>(all: Rows, each: Iterable<Rows>, store: (rows: Rows) => Promise<void>): Promise<void> {
    try {
      return await store(all);
    } catch (error) {
      if (!isOfTheData(error)) throw error;
    }
    for (const row of each) {
      try {
        await store(row);
      } catch (error) {
        if (!isOfTheData(error)) throw error;
        // Stored when nobody heard of it any more.
        if (isUniqueViolation(error, PRIMARY_KEY)) continue;
        this.dropped.inc();
        this.logger.error({ err: error }, 'a row of the request log was refused');
      }
    }
  }
}

/** Postgres' classes 21 to 23: what was given does not fit, and will not later. */
const isOfTheData = (error: unknown): boolean => /^2[123]/.test(String((error as { code?: unknown } | null)?.code));
