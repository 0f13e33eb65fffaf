import type { PassingEvent } from '@app/session-protocol';
import { ConversationsService } from '../core/agent/conversations.service.js';
import type { Principal } from '../core/identity/principal.js';
import type { SessionLog } from '../core/sessions/session-log.js';
import { toAppError } from '../platform/errors/app-error.js';
import type { SessionId } from '../platform/ids.js';
import type { Logger } from '../platform/logging/logger.js';
import { type Connection, REPLAY_WINDOW_BYTES } from './connection.js';
import type { RealtimeMetrics } from './realtime-metrics.js';
import { passingFrame } from './frames.js';
import type { Admission } from './handshake.js';
import { Outgoing, outgoingOf } from './outgoing.js';

export const HEARTBEAT_SECONDS = 15;
const PAGE = 200;

/** What is said to whoever came by what has expired. */
const EXPIRY = {
  access_token: {
    code: 'TOKEN_EXPIRED',
    message: 'The access token expired. Refresh it and connect again with the last seq you have.',
    retryable: true,
  },
  cookie: { code: 'SESSION_EXPIRED', message: 'The session has ended. Sign in again.', retryable: false },
  api_key: { code: 'KEY_EXPIRED', message: 'The API key has expired. Make a new one.', retryable: false },
  oauth: { code: 'TOKEN_EXPIRED', message: 'The access token expired. Refresh it and connect again.', retryable: true },
} as const satisfies Record<Principal['via'], { code: string; message: string; retryable: boolean }>;

/** What all attendances of a process share. */
export interface AttendanceParts {
  log: SessionLog;
  conversations: ConversationsService;
  logger: Logger;
  metrics: RealtimeMetrics;
}

/**
 * One connection's place in one session: catches up by `seq`, then goes live. What must come in order goes through
 * one chain of steps, so that a hint in the middle of a replay changes nothing; what is live and at hand goes at once.
 */
export class Attendance {
  readonly sessionId: SessionId;
  readonly serverId: string;
  private cursor = 0;
  private live = false;
  private ended = false;
  private pumping = false;
  private waiting = 0;
  private steps: Promise<void> | undefined;

  /** Whoever makes one has listened to the session before: an event between reading and listening would be missed. */
  constructor(
    readonly connection: Connection,
    { session, server }: Admission,
    private readonly parts: AttendanceParts,
  ) {
    this.sessionId = session.id;
    this.serverId = server.id;
  }

  get principal(): Principal {
    return this.connection.principal;
  }

  /** Greets, replays what came after `after`, tells what is open, goes live. */
  async begin({ session, server, after }: Admission): Promise<void> {
    await this.step(async () => {
      this.tell({
        type: 'hello',
        payload: {
          protocol: 1,
          session_id: session.id,
          server_id: server.id,
          server_name: server.name,
          user: { id: this.principal.userId, username: this.principal.username },
          last_seq: session.lastSeq,
          heartbeat_sec: HEARTBEAT_SECONDS,
        },
      });
      await this.tellStatus();
      await this.catchUp(after);
    });
  }

  /** The client asks for everything after `after` once more. */
  async resume(after: number): Promise<void> {
    await this.step(() => this.catchUp(after));
  }

  /** Something may have been missed, or happened elsewhere. */
  nudge(lastSeq: number): void {
    if (lastSeq > this.cursor) this.pump(lastSeq);
  }

  /** What is told once, to those who are there. */
  pass(message: Outgoing): void {
    if (this.live && !this.ended) this.connection.send(message);
  }

  async refreshStatus(): Promise<void> {
    await this.step(() => this.tellStatus());
  }

  beat(): void {
    this.tell({ type: 'pong', payload: { ts: new Date().toISOString() } });
  }

  /** The credential has expired. */
  expire(): void {
    this.tell({ type: 'error', payload: EXPIRY[this.principal.via] });
    this.connection.close('sign_in_again');
  }

  end(): void {
    this.ended = true;
  }

  private async catchUp(after: number): Promise<void> {
    this.live = false;
    let snapshot = await this.parts.conversations.snapshot(this.principal, this.sessionId);
    if (!(await this.replay(after, snapshot.last_seq))) {
      // The log was trimmed since: after the snapshot was taken, or in the middle of the replay.
      const { firstSeq: first_seq, removed } = await this.parts.log.beginning(this.sessionId);
      const isTrimmed = after < first_seq - 1 && removed !== undefined;
      const payload = { after, first_seq, next_seq: snapshot.last_seq + 1, ...(isTrimmed ? { removed } : {}) };
      this.tell({ type: 'replay_unavailable', payload });
      this.cursor = snapshot.last_seq;
    } else if (this.cursor > snapshot.last_seq) {
      // A long replay leaves the snapshot behind: take one that is as new as what was sent.
      snapshot = await this.snapshotAtCursor();
    }
    this.tell({ type: 'session_snapshot', payload: snapshot });
    this.live = true;
    // What happened meanwhile was told when nobody was live.
    this.pump(Number.MAX_SAFE_INTEGER);
  }

  /** @returns false when `after` is of another log, or events that follow it are kept no more */
  private async replay(after: number, to: number): Promise<boolean> {
    if (after > to) return false;
    this.cursor = after;
    if (after === to) return true;
    const from = after + 1;
    const [first] = await this.parts.log.read(this.sessionId, after, 1);
    if (first && first.seq !== from) return false;
    this.tell({ type: 'replay_begin', payload: { from, to } });
    const isWhole = await this.sendUpTo(to);
    const count = this.cursor - from + 1;
    this.parts.metrics.replayed(count);
    if (isWhole) this.tell({ type: 'replay_end', payload: { to: this.cursor, count } });
    return isWhole;
  }

  private async snapshotAtCursor() {
    for (;;) {
      const snapshot = await this.parts.conversations.snapshot(this.principal, this.sessionId);
      if (snapshot.last_seq <= this.cursor || this.ended) return snapshot;
      // What was trimmed meanwhile the client misses by the snapshot, and asks for.
      if (!(await this.sendUpTo(snapshot.last_seq))) return snapshot;
    }
  }

  /** From the table, page by page, no faster than the client reads. @returns false at a gap: the log was trimmed */
  private async sendUpTo(to: number): Promise<boolean> {
    while (this.cursor < to && !this.ended) {
      const frames = await this.parts.log.read(this.sessionId, this.cursor, Math.min(PAGE, to - this.cursor));
      if (frames.length === 0) return true;
      if (frames[0]?.seq !== this.cursor + 1) return false;
      for (const frame of frames) {
        if (this.ended || !this.connection.send(outgoingOf(frame))) return true;
        this.cursor = frame.seq;
        if (this.connection.buffered > REPLAY_WINDOW_BYTES) await this.connection.drained();
      }
    }
    return true;
  }

  private pump(to: number): void {
    if (this.pumping || !this.live || this.ended) return;
    if (this.waiting === 0 && this.sendRecent(to)) return;
    this.pumping = true;
    void this.step(async () => {
      this.pumping = false;
      if (this.live && !(await this.sendUpTo(Number.MAX_SAFE_INTEGER))) await this.catchUp(this.cursor);
    });
  }

  /** What this process still has in memory goes at once. @returns false when the table must be read */
  private sendRecent(to: number): boolean {
    while (this.cursor < to) {
      const frames = this.parts.log.recent(this.sessionId, this.cursor, PAGE);
      if (!frames) return false;
      for (const frame of frames) {
        if (!this.connection.send(outgoingOf(frame))) return true;
        this.cursor = frame.seq;
      }
    }
    return true;
  }

  private async tellStatus(): Promise<void> {
    const payload = await this.parts.conversations.connectionStatus(this.sessionId, this.principal);
    this.tell({ type: 'connection_status', payload });
  }

  private tell(event: PassingEvent): void {
    if (!this.ended) this.connection.send(new Outgoing(passingFrame(this.sessionId, event)));
  }

  /** One after another; the first that fails closes the connection, which can resume. */
  private step(work: () => Promise<void>): Promise<void> {
    this.waiting += 1;
    const before = this.steps;
    const mine = (async () => {
      await before;
      try {
        if (!this.ended) await work();
      } catch (error) {
        this.parts.logger.warn({ sessionId: this.sessionId, err: error }, 'a connection lost its place');
        const gone = toAppError(error).kind === 'not_found';
        this.connection.close(gone ? 'no_such_server' : 'restart');
        this.end();
      }
      this.waiting -= 1;
      if (this.waiting === 0) this.steps = undefined;
    })();
    this.steps = mine;
    return mine;
  }
}
