import { CLOSE_CODES, type PassingEvent } from '@app/session-protocol';
import { ConversationsService } from '../core/agent/conversations.service.js';
import type { Principal } from '../core/identity/principal.js';
import type { McpServer } from '../core/registry/server.js';
import type { Session } from '../core/sessions/session.js';
import type { SessionHint, SessionLog } from '../core/sessions/session-log.js';
import { toAppError } from '../platform/errors/app-error.js';
import type { SessionId } from '../platform/ids.js';
import type { Logger } from '../platform/logging/logger.js';
import type { Connection } from './connection.js';
import { passingFrame } from './frames.js';

export const HEARTBEAT_SECONDS = 15;
const PAGE = 200;

interface Scene {
  session: Session;
  server: McpServer;
}

interface Parts {
  log: SessionLog;
  conversations: ConversationsService;
  logger: Logger;
}

/**
 * One connection's place in one session: catches up by `seq`, then goes live. Everything it sends in order goes
 * through one chain of steps, so that a hint in the middle of a replay changes nothing.
 */
export class Attendance {
  private cursor = 0;
  private live = false;
  private ended = false;
  private pumping = false;
  private steps: Promise<void> = Promise.resolve();
  private readonly unlisten: () => void;

  constructor(
    readonly connection: Connection,
    private readonly scene: Scene,
    private readonly parts: Parts,
  ) {
    // Before anything is read: an event between reading and listening would be missed.
    this.unlisten = parts.log.listen(this.sessionId, (hint) => this.onHint(hint));
  }

  get principal(): Principal {
    return this.connection.principal;
  }

  get sessionId(): SessionId {
    return this.scene.session.id;
  }

  get serverId(): string {
    return this.scene.server.id;
  }

  /** Greets, replays what came after `after`, tells what is open, goes live. */
  async begin(after: number): Promise<void> {
    await this.step(async () => {
      const { session, server } = this.scene;
      this.pass({
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
    if (lastSeq > this.cursor) this.pump();
  }

  async refreshStatus(): Promise<void> {
    await this.step(() => this.tellStatus());
  }

  beat(): void {
    this.pass({ type: 'pong', payload: { ts: new Date().toISOString() } });
  }

  end(): void {
    this.ended = true;
    this.unlisten();
  }

  private onHint(hint: SessionHint): void {
    if (hint.kind === 'appended') this.nudge(hint.lastSeq);
    else if (this.live) this.pass(hint.event);
  }

  private async catchUp(after: number): Promise<void> {
    this.live = false;
    let snapshot = await this.parts.conversations.snapshot(this.principal, this.sessionId);
    const { firstSeq } = this.scene.session;
    const isForeign = after > snapshot.last_seq;
    if (isForeign || after < firstSeq - 1) {
      const payload = { after, first_seq: firstSeq, next_seq: snapshot.last_seq + 1 };
      this.pass({ type: 'replay_unavailable', payload });
      this.cursor = snapshot.last_seq;
    } else {
      this.cursor = after;
      await this.replay(snapshot.last_seq);
      // A long replay leaves the snapshot behind: take one that is as new as what was sent.
      if (this.cursor > snapshot.last_seq) snapshot = await this.snapshotAtCursor();
    }
    this.pass({ type: 'session_snapshot', payload: snapshot });
    this.live = true;
    this.pump();
  }

  private async replay(to: number): Promise<void> {
    if (to <= this.cursor) return;
    const from = this.cursor + 1;
    this.pass({ type: 'replay_begin', payload: { from, to } });
    await this.sendUpTo(to);
    this.pass({ type: 'replay_end', payload: { to: this.cursor, count: this.cursor - from + 1 } });
  }

  private async snapshotAtCursor() {
    for (;;) {
      const snapshot = await this.parts.conversations.snapshot(this.principal, this.sessionId);
      if (snapshot.last_seq <= this.cursor) return snapshot;
      await this.sendUpTo(snapshot.last_seq);
    }
  }

  private async sendUpTo(to: number): Promise<void> {
    while (this.cursor < to && !this.ended) {
      const frames = await this.parts.log.read(this.sessionId, this.cursor, Math.min(PAGE, to - this.cursor));
      if (frames.length === 0) return;
      for (const frame of frames) {
        this.connection.send(frame);
        this.cursor = frame.seq;
      }
      await this.connection.flushed();
    }
  }

  private pump(): void {
    if (this.pumping || !this.live || this.ended) return;
    this.pumping = true;
    void this.step(async () => {
      this.pumping = false;
      if (this.live) await this.sendUpTo(Number.MAX_SAFE_INTEGER);
    });
  }

  private async tellStatus(): Promise<void> {
    const payload = await this.parts.conversations.connectionStatus(this.sessionId, this.principal);
    this.pass({ type: 'connection_status', payload });
  }

  private pass(event: PassingEvent): void {
    if (!this.ended) this.connection.send(passingFrame(this.sessionId, event));
  }

  /** One after another; the first that fails closes the connection, which can resume. */
  private step(work: () => Promise<void>): Promise<void> {
    this.steps = this.steps.then(async () => {
      if (this.ended) return;
      try {
        await work();
      } catch (error) {
        this.parts.logger.warn({ sessionId: this.sessionId, err: error }, 'a connection lost its place');
        const gone = toAppError(error).kind === 'not_found';
        this.connection.close(gone ? 'no_such_server' : 'restart');
        this.end();
      }
    });
    return this.steps;
  }
}

export const closeCodeOf = (reason: keyof typeof CLOSE_CODES): number => CLOSE_CODES[reason];
