import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Apart, standApart } from '../../platform/apart.js';
import type { Config } from '../../platform/config/config.js';
import { isUniqueViolation } from '../../platform/database/database.js';
import { Logger } from '../../platform/logging/logger.js';
import { createScrubber } from '../../platform/logging/scrub.js';
import { scrubText } from '../../platform/logging/secret-forms.js';
import { Metrics } from '../../platform/metrics/metrics.js';
import { CONFIG } from '../../platform/tokens.js';
import { type RedactedJson, toRedactedJson } from './redacted-json.js';
import { RequestLogRepository, type StoredBodies, type StoredRow, toLine, toStored } from './request-log.repository.js';
import type { RequestLogRow } from './request-log-row.js';

const FLUSH_MS = 250;
const RETRY_MS = 2_000;
const BATCH_ROWS = 1_000;
const BATCH_CHARACTERS = 2 * 1024 * 1024;
const ROWS_AT_MOST = 20_000;
/** Of bodies that are kept alive until they are written. */
const BYTES_AT_MOST = 64 * 1024 * 1024;
/** How long the rows of a batch may hold up everybody else. */
const SLICE_MS = 4;

const PRIMARY_KEY = 'request_log_pkey';

const NO_BODY: RedactedJson = { json: null, truncated: false };

/** Rows as they will be stored; those that are leave it. */
interface Batch {
  added: string[];
  /** Of calls that waited, or wait, for an approval. By id: one statement may not write a row twice. */
  replaced: Map<string, StoredRow>;
  /** How many were taken for it. */
  taken: number;
}

/** Rows gather for a quarter of a second and are written together, so that no call waits for its log line. */
@Injectable()
export class RequestLog implements OnApplicationShutdown {
  private waiting: RequestLogRow[] = [];
  private heldBytes = 0;
  /** Ready to be stored; stays while the database is away. */
  private batch: Batch | undefined;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  private readonly bodyBytes: number;
  private readonly scrub: (text: string) => string;
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
    if (this.waiting.length >= ROWS_AT_MOST) {
      this.dropped.inc();
      return;
    }
    this.waiting.push(this.hold(row));
    if (this.waiting.length === BATCH_ROWS) void this.apart(() => this.flush());
    else this.timer ??= this.apart(() => setTimeout(() => void this.flush(), FLUSH_MS));
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
    return this.waiting.length + (this.batch ? this.batch.added.length + this.batch.replaced.size : 0);
  }

  private hold(row: RequestLogRow): RequestLogRow {
    const bytes = bytesOf(row);
    if (bytes === 0) return row;
    if (this.bodyBytes > 0 && this.heldBytes + bytes <= BYTES_AT_MOST) {
      this.heldBytes += bytes;
      return row;
    }
    if (this.bodyBytes > 0) this.bodiesDropped.inc();
    return { ...row, request: null, response: null };
  }

  /** What waits now: what comes meanwhile gathers anew, or there would be a statement for every few rows. */
  private async write(): Promise<void> {
    let due = this.waiting.length;
    while (this.batch || due > 0) {
      if (!this.batch) {
        this.batch = await this.takeBatch();
        due -= this.batch.taken;
      }
      try {
        await this.store(this.batch);
        this.batch = undefined;
      } catch (error) {
        this.logger.warn({ waiting: this.waiting.length, err: error }, 'request log not written');
        this.timer ??= setTimeout(() => void this.flush(), RETRY_MS);
        return;
      }
    }
  }

  /** All that costs is done here, a few milliseconds at a time. */
  private async takeBatch(): Promise<Batch> {
    const batch: Batch = { added: [], replaced: new Map(), taken: 0 };
    let characters = 0;
    let began = performance.now();
    for (const row of this.waiting) {
      if (batch.taken === BATCH_ROWS || characters >= BATCH_CHARACTERS) break;
      const stored = toStored(row, this.bodiesOf(row), this.scrub);
      const line = toLine(stored);
      if (row.approvalId === null) batch.added.push(line);
      else batch.replaced.set(row.id, stored);
      characters += line.length;
      batch.taken += 1;
      this.heldBytes -= bytesOf(row);
      if (performance.now() - began < SLICE_MS) continue;
      await new Promise((resolve) => setImmediate(resolve));
      began = performance.now();
    }
    this.waiting = this.waiting.slice(batch.taken);
    return batch;
  }

  private bodiesOf({ request, response, secretPaths = [], requestJson, responseJson }: RequestLogRow): StoredBodies {
    const limits = { limit: this.bodyBytes, scrub: this.scrub };
    return {
      request: request === null ? NO_BODY : toRedactedJson(request, { ...limits, secretPaths, json: requestJson }),
      response: response === null ? NO_BODY : toRedactedJson(response, { ...limits, json: responseJson }),
    };
  }

  private async store(batch: Batch): Promise<void> {
    if (batch.added.length > 0) await this.storeAll(batch.added, (lines) => this.rows.add(lines));
    batch.added = [];
    if (batch.replaced.size > 0) await this.storeAll([...batch.replaced.values()], (rows) => this.rows.replace(rows));
  }

  /** One row that the database refuses must not keep the others back. */
  private async storeAll<Row>(rows: readonly Row[], store: (rows: readonly Row[]) => Promise<void>): Promise<void> {
    try {
      return await store(rows);
    } catch (error) {
      if (!isOfTheData(error)) throw error;
    }
    for (const row of rows) {
      try {
        await store([row]);
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

/** Of bodies that it keeps alive. */
const bytesOf = ({ request, response, requestBytes, responseBytes }: RequestLogRow): number =>
  (request === null ? 0 : requestBytes) + (response === null ? 0 : responseBytes);

/** Postgres' classes 21 to 23: what was given does not fit, and will not later. */
const isOfTheData = (error: unknown): boolean => /^2[123]/.test(String((error as { code?: unknown } | null)?.code));
