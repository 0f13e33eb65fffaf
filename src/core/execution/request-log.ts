import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { Logger } from '../../platform/logging/logger.js';

/** One call of a tool, as it is kept. */
export interface RequestLogRow {
  id: string;
  organizationId: string;
  userId: string;
  sessionId: string | null;
  nodeId: string | null;
  serverId: string;
  tool: string;
  pin: string;
  status: string;
  errorCode: string | null;
  requestBytes: number;
  responseBytes: number;
  artifacts: number;
  durationMs: number;
  startedAt: Date;
}

const FLUSH_MS = 250;
const BATCH = 500;
const BUFFERED_AT_MOST = 20_000;

/** Rows gather for a quarter of a second and are written together, so that no call waits for its log line. */
@Injectable()
export class RequestLog implements OnApplicationShutdown {
  private rows: RequestLogRow[] = [];
  private dropped = 0;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly logger: Logger,
  ) {}

  record(row: RequestLogRow): void {
    if (this.rows.length >= BUFFERED_AT_MOST) {
      this.dropped += 1;
      return;
    }
    this.rows.push(row);
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  /** Until all that was recorded so far is stored, or could not be. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.writing = this.writing.then(() => this.write());
    await this.writing;
  }

  private async write(): Promise<void> {
    while (this.rows.length > 0) {
      const batch = this.rows.splice(0, BATCH);
      try {
        await this.insert(batch);
      } catch (error) {
        this.rows.unshift(...batch);
        this.logger.warn({ waiting: this.rows.length, dropped: this.dropped, err: error }, 'request log not written');
        this.timer ??= setTimeout(() => void this.flush(), FLUSH_MS * 8);
        return;
      }
    }
    if (this.dropped > 0) this.logger.warn({ dropped: this.dropped }, 'request log overflowed');
    this.dropped = 0;
  }

  private async insert(batch: readonly RequestLogRow[]): Promise<void> {
    await this.database.sql(
      `insert into request_log (id, organization_id, user_id, session_id, node_id, server_id, tool, pin, status,
         error_code, request_bytes, response_bytes, artifacts, duration_ms, started_at)
       select id, "organizationId", "userId", "sessionId", "nodeId", "serverId", tool, pin, status,
         "errorCode", "requestBytes", "responseBytes", artifacts, "durationMs", "startedAt"
       from json_to_recordset($1::json) as row (id text, "organizationId" text, "userId" text, "sessionId" text,
         "nodeId" text, "serverId" text, tool text, pin text, status text, "errorCode" text, "requestBytes" int,
         "responseBytes" int, artifacts int, "durationMs" int, "startedAt" timestamptz)
       on conflict (id) do nothing`,
      [JSON.stringify(batch)],
    );
  }
}
