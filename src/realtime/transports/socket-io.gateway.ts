import { CLOSE_CODES } from '@app/session-protocol';
import { Inject } from '@nestjs/common';
import { type OnGatewayConnection, type OnGatewayInit, WebSocketGateway } from '@nestjs/websockets';
import type { Namespace, Socket } from 'socket.io';
import { toAppError } from '../../platform/errors/app-error.js';
import type { Config } from '../../platform/config/config.js';
import { Logger } from '../../platform/logging/logger.js';
import { CONFIG } from '../../platform/tokens.js';
import { Audience } from '../audience.js';
import { CommandRouter } from '../command-router.js';
import { RealtimeMetrics } from '../realtime-metrics.js';
import { type Admission, closeReasonOf, Handshake, type HandshakeRequest } from '../handshake.js';
import { Inbox } from '../inbox.js';
import { SocketIoConnection } from './socket-io-connection.js';

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
    private readonly metrics: RealtimeMetrics,
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
          const reason = closeReasonOf(error);
          this.metrics.turnedAway(reason);
          next(
            Object.assign(new Error(error.message), { data: { code: error.code, close_code: CLOSE_CODES[reason] } }),
          );
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
    if (!attendance) return this.metrics.turnedAway(connection.closedFor ?? 'lost');
    this.metrics.entered('socketio');
    const begun = attendance.begin(admission);
    const inbox = new Inbox(attendance, this.router, this.config.rateLimits.framesPerSecond, begun);
    socket.once('disconnect', (reason) => {
      this.metrics.left(
        'socketio',
        connection.closedFor ?? (reason === 'client namespace disconnect' ? 'client' : 'lost'),
      );
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

function readRequest(socket: Socket): HandshakeRequest {
  const { auth, query, headers, address } = socket.handshake;
  const given = (name: string) => firstText(auth[name]) ?? firstText(query[name]);
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const token = given('token')?.replace(/^Bearer +/i, '');
  return {
    serverId: socket.nsp.name.split('/').at(-1) ?? '',
    ip: address,
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
