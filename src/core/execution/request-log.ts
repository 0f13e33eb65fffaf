import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Apart, standApart } from '../../platform/apart.js';
import type { Config } from '../../platform/config/config.js';
import { Logger } from '../../platform/logging/logger.js';
import { createScrubber } from '../../platform/logging/scrub.js';
import { scrubText } from '../../platform/logging/secret-forms.js';
import { Metrics } from '../../platform/metrics/metrics.js';
import { CONFIG } from '../../platform/tokens.js';
import { type RedactedJson, toRedactedJson } from './redacted-json.js';
import { RequestLogRepository, toRowText } from './request-log.repository.js';
import type { RequestLogRow } from './request-log-row.js';

const FLUSH_MS = 250;
const RETRY_MS = 2_000;
const BATCH_ROWS = 500;
const BATCH_CHARACTERS = 1024 * 1024;
const ROWS_AT_MOST = 20_000;
/** Of bodies that are kept alive until they are written. */
const BYTES_AT_MOST = 64 * 1024 * 1024;
/** How long the rows of a batch may hold up everybody else. */
const SLICE_MS = 4;

const NO_BODY: RedactedJson = { json: null, truncated: false };

/** Rows as they will be stored. */
interface Batch {
  /** By id: one statement may not write a row twice. */
  texts: Map<string, string>;
  /** How many were taken for it. */
  rows: number;
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
      () => this.waiting.length + (this.batch?.texts.size ?? 0),
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
    const lost = this.waiting.length + (this.batch?.texts.size ?? 0);
    if (lost > 0) this.logger.error({ rows: lost }, 'request log not written before the end');
    clearTimeout(this.timer);
  }

  /** Until all that was recorded so far is stored, or could not be. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.writing = this.writing.then(() => this.write());
    await this.writing;
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
        due -= this.batch.rows;
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
    const texts = new Map<string, string>();
    let characters = 0;
    let began = performance.now();
    let taken = 0;
    for (const row of this.waiting) {
      if (taken === BATCH_ROWS || characters >= BATCH_CHARACTERS) break;
      const text = this.textOf(row);
      texts.set(row.id, text);
      characters += text.length;
      taken += 1;
      this.heldBytes -= bytesOf(row);
      if (performance.now() - began < SLICE_MS) continue;
      await new Promise((resolve) => setImmediate(resolve));
      began = performance.now();
    }
    this.waiting = this.waiting.slice(taken);
    return { texts, rows: taken };
  }

  private textOf(row: RequestLogRow): string {
    const limits = { limit: this.bodyBytes, scrub: this.scrub };
    const { request, response, secretPaths = [], requestJson, responseJson } = row;
    const bodies = {
      request: request === null ? NO_BODY : toRedactedJson(request, { ...limits, secretPaths, json: requestJson }),
      response: response === null ? NO_BODY : toRedactedJson(response, { ...limits, json: responseJson }),
    };
    return toRowText(row, bodies, this.scrub);
  }

  private async store({ texts }: Batch): Promise<void> {
    try {
      await this.rows.add([...texts.values()]);
    } catch (error) {
      if (!isOfTheData(error) || texts.size === 0) throw error;
      await this.storeEach([...texts.values()]);
    }
  }

  /** One row that the database refuses must not keep the others back. */
  private async storeEach(texts: readonly string[]): Promise<void> {
    for (const text of texts) {
      try {
        await this.rows.add([text]);
      } catch (error) {
        if (!isOfTheData(error)) throw error;
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
