import { CLOSE_CODES, type CloseReason, type ServerFrame } from '@app/session-protocol';
import { Inject } from '@nestjs/common';
import { type OnGatewayConnection, type OnGatewayInit, WebSocketGateway } from '@nestjs/websockets';
import type { Namespace, Socket } from 'socket.io';
import type { Principal } from '../../core/identity/principal.js';
import { toAppError } from '../../platform/errors/app-error.js';
import type { Config } from '../../platform/config/config.js';
import { Logger } from '../../platform/logging/logger.js';
import { CONFIG } from '../../platform/tokens.js';
import { Audience } from '../audience.js';
import { CommandRouter } from '../command-router.js';
import { type Connection, MAX_BACKLOG_BYTES } from '../connection.js';
import { passingFrame } from '../frames.js';
import { type Admission, closeReasonOf, Handshake, type HandshakeRequest } from '../handshake.js';
import { Inbox } from '../inbox.js';

const NAMESPACE = /^\/ws\/server\/[^/?#]{1,128}$/;

interface SocketData {
  admission?: Admission;
}

type ClientSocket = Socket<Record<string, never>, Record<string, never>, Record<string, never>, SocketData>;

/** The session protocol over socket.io: `emit(type, payload, {v, id, seq, ts, session_id})`. */
@WebSocketGateway({ namespace: NAMESPACE })
export class SocketIoGateway implements OnGatewayInit, OnGatewayConnection {
  constructor(
    private readonly handshake: Handshake,
    private readonly audience: Audience,
    private readonly router: CommandRouter,
    private readonly logger: Logger,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  afterInit(namespace: Namespace): void {
    namespace.use((socket, next) => {
      this.handshake.admit(readRequest(socket)).then(
        (admission) => {
          (socket.data as SocketData).admission = admission;
          next();
        },
        (thrown: unknown) => {
          const error = toAppError(thrown);
          if (error.kind === 'internal') this.logger.error({ err: thrown }, 'a socket could not be opened');
          const closeCode = CLOSE_CODES[closeReasonOf(error)];
          next(Object.assign(new Error(error.message), { data: { code: error.code, close_code: closeCode } }));
        },
      );
    });
  }

  handleConnection(socket: ClientSocket): void {
    const { admission } = socket.data;
    if (!admission) {
      socket.disconnect(true);
      return;
    }
    const connection = new SocketIoConnection(socket, admission.principal);
    const attendance = this.audience.admit(connection, admission);
    if (!attendance) return;
    const begun = attendance.begin(admission.after);
    const inbox = new Inbox(attendance, this.router, this.config.rateLimits.framesPerSecond, begun);
    const expiry = setTimeout(
      () => {
        const message = 'The access token expired. Refresh it and connect again with the last seq you have.';
        const payload = { code: 'TOKEN_EXPIRED', message, retryable: true };
        connection.send(passingFrame(attendance.sessionId, { type: 'error', payload }));
        connection.close('sign_in_again');
      },
      Math.max(0, admission.principal.expiresAt.getTime() - Date.now()),
    );
    socket.once('disconnect', () => {
      clearTimeout(expiry);
      this.audience.leave(attendance);
    });
    socket.onAny((type: string, ...rest: unknown[]) => {
      const acknowledge = typeof rest.at(-1) === 'function' ? (rest.pop() as (answer: unknown) => void) : undefined;
      const [payload, envelope] = rest;
      if (hasBinary(payload)) {
        inbox.refuse('INVALID_FRAME', 'Payloads are JSON: binary ones are not part of the protocol.');
        return acknowledge?.({ ok: false });
      }
      const id = (envelope as { id?: unknown } | undefined)?.id;
      inbox.receive({ type, payload, ...(id === undefined ? {} : { id }) }, (ok) => acknowledge?.({ ok }));
    });
  }
}

class SocketIoConnection implements Connection {
  private backlog = 0;

  constructor(
    private readonly socket: ClientSocket,
    readonly principal: Principal,
  ) {
    // The engine tells when all it was given has left.
    socket.conn.on('drain', () => {
      this.backlog = 0;
    });
  }

  get id(): string {
    return this.socket.id;
  }

  send(frame: ServerFrame): void {
    if (!this.socket.connected) return;
    const { type, payload, ...envelope } = frame;
    this.backlog += JSON.stringify(payload).length;
    if (this.backlog > MAX_BACKLOG_BYTES * 2) return this.close('too_slow');
    (this.socket as Socket).emit(type, payload, envelope);
  }

  async flushed(): Promise<void> {
    const { conn } = this.socket;
    if (!this.socket.connected || this.backlog === 0) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        conn.off('drain', done);
        this.socket.off('disconnect', done);
        resolve();
      };
      conn.once('drain', done);
      this.socket.once('disconnect', done);
    });
  }

  /** socket.io has no close codes: an `error` that names ours goes before the disconnect. */
  close(reason: CloseReason): void {
    const payload = {
      code: reason.toUpperCase(),
      message: 'The server closes this connection.',
      retryable: reason !== 'no_access' && reason !== 'no_such_server',
      details: { close_code: CLOSE_CODES[reason] },
    };
    (this.socket as Socket).emit('error', payload);
    this.socket.disconnect(true);
  }
}

function readRequest(socket: Socket): HandshakeRequest {
  const { auth, query, headers } = socket.handshake;
  const given = (name: string) => firstText(auth[name]) ?? firstText(query[name]);
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const token = given('token')?.replace(/^Bearer +/i, '');
  return {
    serverId: socket.nsp.name.split('/').at(-1) ?? '',
    token: token ?? bearer,
    ticket: given('ticket'),
    session: given('session'),
    after: given('after'),
  };
}

function firstText(value: unknown): string | undefined {
  if (typeof value === 'string' && value !== '') return value;
  return typeof value === 'number' ? String(value) : undefined;
}

const hasBinary = (value: unknown): boolean => value instanceof Uint8Array || value instanceof ArrayBuffer;
