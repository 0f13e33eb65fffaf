import type { Duplex } from 'node:stream';
import { CLOSE_CODES, type CloseReason } from '@app/session-protocol';
import type { WebSocket } from 'ws';
import type { Principal } from '../../core/identity/principal.js';
import { type Connection, FAREWELL_MS, MAX_BACKLOG_BYTES, STALL_MS } from '../connection.js';
import type { Outgoing } from '../outgoing.js';

/** A client over a plain WebSocket. */
export class RawConnection implements Connection {
  /** Why it was closed here. */
  closedFor: CloseReason | undefined;
  private answered = true;
  private sent = 0;
  /** What waited for the client at the last ping, and what it had taken by then. */
  private lastLook = { waiting: 0, taken: 0 };

  constructor(
    private readonly ws: WebSocket,
    /** Under `ws`, which adds only control frames of its own: nothing is compressed, so both may write whole frames. */
    private readonly socket: Duplex,
    readonly principal: Principal,
  ) {
    ws.on('pong', () => {
      this.answered = true;
    });
  }

  get buffered(): number {
    return this.socket.writableLength;
  }

  send(message: Outgoing): boolean {
    if (this.ws.readyState !== this.ws.OPEN) return false;
    if (this.buffered > MAX_BACKLOG_BYTES) {
      this.close('too_slow');
      return false;
    }
    if (this.socket.writableCorked === 0) {
      this.socket.cork();
      if (corked.push(this.socket) === 1) process.nextTick(uncorkAll);
    }
    const frame = message.toWebSocket();
    this.sent += frame.length;
    this.socket.write(frame);
    return true;
  }

  async drained(): Promise<void> {
    const { socket } = this;
    if (!socket.writableNeedDrain || socket.destroyed) return;
    await new Promise<void>((resolve) => {
      const stalled = setTimeout(() => this.close('too_slow'), STALL_MS);
      const done = () => {
        clearTimeout(stalled);
        socket.off('drain', done).off('close', done);
        resolve();
      };
      socket.once('drain', done).once('close', done);
    });
  }

  /** Ends a client that neither answered the last ping nor took any of what waits for it. */
  ping(): void {
    const { waiting, taken } = this.lastLook;
    this.lastLook = { waiting: this.buffered, taken: this.sent - this.buffered };
    const reads = waiting > 0 && this.lastLook.taken > taken;
    if (!this.answered && !reads) return this.ws.terminate();
    this.answered = false;
    this.ws.ping();
  }

  close(reason: CloseReason): void {
    this.closedFor ??= reason;
    this.ws.close(CLOSE_CODES[reason], reason);
    // A client that reads nothing does not see the close frame either.
    setTimeout(() => this.ws.terminate(), FAREWELL_MS).unref();
  }
}

/** Sockets that were written to in this tick: what they got leaves in one piece when it ends. */
let corked: Duplex[] = [];

function uncorkAll(): void {
  const all = corked;
  corked = [];
  for (const socket of all) socket.uncork();
}
