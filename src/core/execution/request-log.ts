import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { standApart } from '../../platform/apart.js';
import { ByteBatch } from '../../platform/byte-batch.js';
import type { Config } from '../../platform/config/config.js';
import { Logger } from '../../platform/logging/logger.js';
import { createScrubber } from '../../platform/logging/scrub.js';
import { scrubText } from '../../platform/logging/secret-forms.js';
import { Metrics } from '../../platform/metrics/metrics.js';
import { CONFIG } from '../../platform/tokens.js';
import { type RedactedJson, toRedactedJson } from './redacted-json.js';
import { RequestBatch, type SealedBatch } from './request-batch.js';
import { RequestLogRepository, toRowText } from './request-log.repository.js';
import type { RequestLogRow } from './request-log-row.js';

const FLUSH_MS = 250;
const RETRY_MS = 2_000;
const BATCH_ROWS = 500;
const BATCH_BYTES = 1024 * 1024;
const ROWS_AT_MOST = 20_000;
/** Beyond it rows are kept without their bodies. */
const BYTES_AT_MOST = 64 * 1024 * 1024;

const NO_BODY: RedactedJson = { json: null, truncated: false };

/** Rows gather for a quarter of a second and are written together, so that no call waits for its log line. */
@Injectable()
export class RequestLog implements OnApplicationShutdown {
  private readonly bytes = new ByteBatch();
  private open = new RequestBatch(this.bytes);
  /** What waits for its turn, or for the database to come back. */
  private sealed: SealedBatch[] = [];
  private sealedRows = 0;
  private sealedBytes = 0;
  private timer: NodeJS.Timeout | undefined;
  private isAway = false;
  private writing: Promise<void> = Promise.resolve();
  private readonly bodyBytes: number;
  private readonly scrub: (text: string) => string;
  private readonly apart = standApart();
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
      () => this.waiting,
    );
  }

  /** One for each call; a second one of an id replaces a row that waited for an approval. Never throws, never waits. */
  record(row: RequestLogRow): void {
    if (this.waiting >= ROWS_AT_MOST) {
      this.dropped.inc();
      return;
    }
    if (this.open.has(row.id)) this.seal();
    this.open.add(this.textOf(row), row.approvalId === null ? undefined : row.id);
    const isFull = this.open.rows >= BATCH_ROWS || this.open.size >= BATCH_BYTES;
    if (isFull) this.seal();
    if (isFull && !this.isAway) void this.apart(() => this.flush());
    else this.timer ??= this.apart(() => setTimeout(() => void this.flush(), FLUSH_MS));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.flush();
    if (this.waiting > 0) this.logger.error({ rows: this.waiting }, 'request log not written before the end');
    clearTimeout(this.timer);
  }

  /** Until all that was recorded so far is stored, or could not be; what comes meanwhile gathers anew. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.seal();
    this.writing = this.writing.then(() => this.write());
    await this.writing;
  }

  private get waiting(): number {
    return this.sealedRows + this.open.rows;
  }

  private seal(): void {
    if (this.open.rows === 0) return;
    const batch = this.open.seal();
    this.open = new RequestBatch(this.bytes);
    this.sealed.push(batch);
    this.sealedRows += batch.rows;
    this.sealedBytes += batch.json.length;
  }

  private async write(): Promise<void> {
    for (let batch = this.sealed[0]; batch; batch = this.sealed[0]) {
      try {
        await this.store(batch);
      } catch (error) {
        this.isAway = true;
        this.logger.warn({ waiting: this.waiting, err: error }, 'request log not written');
        this.timer ??= setTimeout(() => void this.flush(), RETRY_MS);
        return;
      }
      this.isAway = false;
      this.sealed.shift();
      this.sealedRows -= batch.rows;
      this.sealedBytes -= batch.json.length;
      this.bytes.giveBack(batch.json);
    }
  }

  private textOf(row: RequestLogRow): string {
    const { request, response, secretPaths = [], requestJson, responseJson } = row;
    const bytes = this.sealedBytes + this.open.size;
    const isTooMuch = this.bodyBytes > 0 && bytes >= BYTES_AT_MOST;
    if (isTooMuch) this.bodiesDropped.inc();
    if (isTooMuch || this.bodyBytes === 0) return toRowText(row, { request: NO_BODY, response: NO_BODY }, this.scrub);
    const limits = { limit: this.bodyBytes, scrub: this.scrub };
    const bodies = {
      request: request === null ? NO_BODY : toRedactedJson(request, { ...limits, secretPaths, json: requestJson }),
      response: response === null ? NO_BODY : toRedactedJson(response, { ...limits, json: responseJson }),
    };
    return toRowText(row, bodies, this.scrub);
  }

  private async store(batch: SealedBatch): Promise<void> {
    try {
      await this.rows.add(batch.json);
    } catch (error) {
      if (!isOfTheData(error)) throw error;
      await this.storeEach(batch);
    }
  }

  /** One row that the database refuses must not keep the others back. */
  private async storeEach(batch: SealedBatch): Promise<void> {
    for (const row of batch.each()) {
      try {
        await this.rows.add(row);
      } catch (error) {
        if (!isOfTheData(error)) throw error;
        this.dropped.inc();
        this.logger.error({ err: error }, 'a row of the request log was refused');
      }
    }
  }
}

/** Postgres' classes 21 to 23: what was given does not fit, and will not later. */
const isOfTheData = (error: unknown): boolean => /^2[123]/.test(String((error as { code?: unknown } | null)?.code));
