import { CLOSE_CODES, type CloseReason } from '@app/session-protocol';
import type { Socket } from 'socket.io';
import type { Principal } from '../../core/identity/principal.js';
import { type Connection, FAREWELL_MS, MAX_BACKLOG_BYTES, STALL_MS } from '../connection.js';
import type { Outgoing } from '../outgoing.js';

/** engine.io hands this to `ws` as it is; its types know only `compress`. */
interface WholeFrame {
  compress: false;
  wsPreEncodedFrame: Buffer[];
}

/** A client over socket.io, whichever of its carriers it uses. */
export class SocketIoConnection implements Connection {
  buffered = 0;
  /** Why it was closed here. */
  closedFor: CloseReason | undefined;
  private onDrained: (() => void) | undefined;

  constructor(
    private readonly socket: Socket,
    readonly principal: Principal,
  ) {}

  send(message: Outgoing): boolean {
    if (!this.socket.connected) return false;
    if (this.buffered > MAX_BACKLOG_BYTES) {
      this.close('too_slow');
      return false;
    }
    const { data, frame } = message.toSocketIo(this.socket.nsp.name);
    this.buffered += frame.length;
    const options: WholeFrame = { compress: false, wsPreEncodedFrame: [frame] };
    this.socket.conn.write(data, options, () => this.left(frame.length));
    return true;
  }

  async drained(): Promise<void> {
    if (!this.socket.connected || this.buffered === 0) return;
    await new Promise<void>((resolve) => {
      const stalled = setTimeout(() => this.close('too_slow'), STALL_MS);
      const done = () => {
        clearTimeout(stalled);
        this.onDrained = undefined;
        this.socket.off('disconnect', done);
        resolve();
      };
      this.onDrained = done;
      this.socket.once('disconnect', done);
    });
  }

  private left(bytes: number): void {
    this.buffered -= bytes;
    if (this.buffered === 0) this.onDrained?.();
  }

  /** socket.io has no close codes: an `error` that names ours goes before the disconnect. */
  close(reason: CloseReason): void {
    this.closedFor ??= reason;
    const payload = {
      code: reason.toUpperCase(),
      message: 'The server closes this connection.',
      retryable: reason !== 'no_access' && reason !== 'no_such_server',
      details: { close_code: CLOSE_CODES[reason] },
    };
    this.socket.emit('error', payload);
    const { conn } = this.socket;
    this.socket.disconnect(true);
    // engine.io waits until what is under way has left, which a client that reads nothing never lets happen.
    if (conn.readyState !== 'closed') setTimeout(() => cutOff(conn), FAREWELL_MS).unref();
  }
}

function cutOff(conn: Socket['conn']): void {
  if (conn.readyState === 'closed') return;
  const { socket } = conn.transport as { socket?: { terminate?: () => void } };
  if (socket?.terminate) socket.terminate();
  else conn.close(true);
}
