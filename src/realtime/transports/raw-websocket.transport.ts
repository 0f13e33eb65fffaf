import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { CLOSE_CODES, MAX_FRAME_BYTES } from '@app/session-protocol';
import { Inject, Injectable } from '@nestjs/common';
import { type WebSocket, WebSocketServer } from 'ws';
import { type AppError, toAppError } from '../../platform/errors/app-error.js';
import type { Config } from '../../platform/config/config.js';
import { Logger } from '../../platform/logging/logger.js';
import { CONFIG } from '../../platform/tokens.js';
import { HEARTBEAT_SECONDS } from '../attendance.js';
import { Audience } from '../audience.js';
import { CommandRouter } from '../command-router.js';
import { passingFrame, toErrorPayload } from '../frames.js';
import { RealtimeMetrics } from '../realtime-metrics.js';
import { type Admission, closeReasonOf, Handshake, type HandshakeRequest } from '../handshake.js';
import { Inbox } from '../inbox.js';
import { RawConnection } from './raw-connection.js';

const PATH = /^(?:\/api\/v1)?\/ws\/server\/([^/?#]{1,128})\/?$/;
/** RFC 6455, 7.4.1: done, going away, no code given. */
const GOODBYES = new Set([1000, 1001, 1005]);
/** What opens a socket must not take longer. */
const HANDSHAKE_MS = 10_000;

/** Takes over a socket whose client asked for a WebSocket. */
export type Upgrade = (asked: { request: IncomingMessage; socket: Duplex; head: Buffer; url: URL }) => void;

/** Frames `{type, payload}` over a plain WebSocket (RFC 6455). */
@Injectable()
export class RawWebSocketTransport {
  private readonly server = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES, clientTracking: true });
  private readonly connections = new Set<RawConnection>();
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(
    private readonly handshake: Handshake,
    private readonly audience: Audience,
    private readonly router: CommandRouter,
    private readonly metrics: RealtimeMetrics,
    private readonly logger: Logger,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Answers upgrades of our own paths and hands on those of others; socket.io keeps its own, the rest is refused. */
  attach(http: Server, others: Readonly<Record<string, Upgrade>> = {}): void {
    http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const target = request.url ?? '/';
      // As it came, which is how socket.io reads it: what neither of us took would stay open for ever.
      if (target.startsWith('/socket.io/')) return;
      dropOnError(socket);
      const url = URL.parse(target, 'http://localhost');
      const other = url && Object.hasOwn(others, url.pathname) ? others[url.pathname] : undefined;
      if (url && other) return other({ request, socket, head, url });
      const match = url && PATH.exec(url.pathname);
      if (!match) {
        socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      this.server.handleUpgrade(request, socket, head, (ws) => {
        void this.welcome(ws, socket, readRequest(request, url, match[1] ?? ''));
      });
    });
    this.heartbeat = setInterval(() => {
      for (const connection of this.connections) connection.ping();
    }, HEARTBEAT_SECONDS * 1_000);
  }

  close(): void {
    clearInterval(this.heartbeat);
    for (const ws of this.server.clients) ws.close(CLOSE_CODES.restart, 'restart');
    setTimeout(() => {
      for (const ws of this.server.clients) ws.terminate();
    }, 1_000).unref();
  }

  private async welcome(ws: WebSocket, socket: Duplex, request: HandshakeRequest): Promise<void> {
    ws.on('error', (error) => this.logger.debug({ reason: error.message }, 'socket error'));
    // What the client says before it is admitted waits in the socket.
    ws.pause();
    let admission: Admission;
    try {
      admission = await within(HANDSHAKE_MS, this.handshake.admit(request));
    } catch (thrown) {
      this.turnAway(ws, toAppError(thrown), thrown);
      return;
    }
    if (ws.readyState !== ws.OPEN) return;
    const connection = new RawConnection(ws, socket, admission.principal);
    const attendance = this.audience.admit(connection, admission);
    if (!attendance) return this.metrics.turnedAway(connection.closedFor ?? 'lost');
    this.metrics.entered('websocket');
    const begun = attendance.begin(admission);
    const inbox = new Inbox(attendance, this.router, this.config.rateLimits.framesPerSecond, begun);
    this.connections.add(connection);
    ws.once('close', (code) => {
      this.connections.delete(connection);
      this.metrics.left('websocket', connection.closedFor ?? (GOODBYES.has(code) ? 'client' : 'lost'));
      this.audience.leave(attendance);
    });
    ws.on('message', (data: Buffer, isBinary) => {
      if (isBinary) return inbox.refuse('INVALID_FRAME', 'Frames are text: binary ones are not part of the protocol.');
      const frame = parseJson(data);
      if (frame === undefined) return inbox.refuse('INVALID_FRAME', 'The frame is not JSON.');
      inbox.receive(frame);
    });
    ws.resume();
  }

  private turnAway(ws: WebSocket, error: AppError, thrown: unknown): void {
    if (error.kind === 'internal') this.logger.error({ err: thrown }, 'a socket could not be opened');
    const reason = closeReasonOf(error);
    this.metrics.turnedAway(reason);
    ws.resume();
    ws.send(JSON.stringify(passingFrame('', { type: 'error', payload: toErrorPayload(error) })));
    ws.close(CLOSE_CODES[reason], reason);
    setTimeout(() => ws.terminate(), 2_000).unref();
  }
}

/** In a scope of its own: the listener stays as long as the socket, and would keep the request with all it holds. */
function dropOnError(socket: Duplex): void {
  socket.on('error', () => socket.destroy());
}

function readRequest(request: IncomingMessage, url: URL, serverId: string): HandshakeRequest {
  const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return {
    serverId,
    ip: request.socket.remoteAddress ?? '',
    token: bearer ?? url.searchParams.get('token') ?? undefined,
    ticket: url.searchParams.get('ticket') ?? undefined,
    session: url.searchParams.get('session') ?? undefined,
    after: url.searchParams.get('after') ?? undefined,
  };
}

function parseJson(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The handshake took too long.')), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
