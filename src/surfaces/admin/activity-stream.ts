import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { CLOSE_CODES, type CloseReason } from '@app/session-protocol';
import { Injectable } from '@nestjs/common';
import { type WebSocket, WebSocketServer } from 'ws';
import { ActivityFeed } from '../../core/activity/activity-feed.js';
import { IdentityService } from '../../core/identity/identity.service.js';
import { concernedBy, IDENTITY_CHANGED } from '../../core/identity/identity-changes.js';
import { authorize } from '../../core/identity/permissions.js';
import { hasExpired, type Principal } from '../../core/identity/principal.js';
import { TicketsService } from '../../core/sessions/tickets.service.js';
import { AppError, toAppError } from '../../platform/errors/app-error.js';
import { Hints } from '../../platform/hints/hints.js';
import { Logger } from '../../platform/logging/logger.js';
import { toActivityView } from './schemas/activity.schemas.js';

export const ACTIVITY_STREAM_PATH = '/api/activity/stream';
/** For what a ticket is that opens one. */
export const ACTIVITY_TICKET = 'activity';

/** How long a sign-out may go unheard: its hint may be lost. */
const LOOK_MS = 3_000;
const HEARTBEAT_MS = 15_000;
/** Who reads nothing for so long is closed as too slow; no more than one batch waits for them meanwhile. */
const STALL_MS = 20_000;
const FAREWELL_MS = 5_000;
const SOCKETS_PER_USER = 32;
const MAX_FRAME_BYTES = 4_096;

interface Asked {
  request: IncomingMessage;
  socket: Duplex;
  head: Buffer;
  url: URL;
}

/** The activity as it comes in, over a WebSocket: `hello`, then a frame `activity` for each line, in a fixed order. */
@Injectable()
export class ActivityStream {
  private readonly server = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES });
  private readonly ofUsers = new Map<string, number>();

  constructor(
    private readonly feed: ActivityFeed,
    private readonly identity: IdentityService,
    private readonly tickets: TicketsService,
    private readonly hints: Hints,
    private readonly logger: Logger,
  ) {}

  open({ request, socket, head, url }: Asked): void {
    this.server.handleUpgrade(request, socket, head, (ws) => {
      ws.on('error', (error) => this.logger.debug({ reason: error.message }, 'socket error'));
      void this.welcome(ws, request, url);
    });
  }

  close(): void {
    for (const ws of this.server.clients) end(ws, 'restart');
  }

  private async welcome(ws: WebSocket, request: IncomingMessage, url: URL): Promise<void> {
    const ended = new AbortController();
    ws.once('close', () => ended.abort());
    let principal: Principal;
    try {
      principal = await this.admit(request, url);
    } catch (thrown) {
      return turnAway(ws, toAppError(thrown));
    }
    const sockets = this.ofUsers.get(principal.userId) ?? 0;
    if (sockets >= SOCKETS_PER_USER) return end(ws, 'too_many');
    this.ofUsers.set(principal.userId, sockets + 1);
    const unwatch = this.watch(ws, principal);
    try {
      await this.follow(ws, principal, url.searchParams.get('after') ?? undefined, ended.signal);
    } catch (error) {
      this.logger.warn({ err: error }, 'an activity stream broke off');
      end(ws, 'restart');
    } finally {
      unwatch();
      const left = (this.ofUsers.get(principal.userId) ?? 1) - 1;
      if (left > 0) this.ofUsers.set(principal.userId, left);
      else this.ofUsers.delete(principal.userId);
    }
  }

  private async admit(request: IncomingMessage, url: URL): Promise<Principal> {
    const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const token = bearer ?? url.searchParams.get('token') ?? undefined;
    const ticket = url.searchParams.get('ticket') ?? undefined;
    const principal = await this.authenticate(token, ticket, request.socket.remoteAddress ?? '');
    authorize(principal, 'activity.read');
    return principal;
  }

  private async authenticate(token: string | undefined, ticket: string | undefined, ip: string): Promise<Principal> {
    if (token !== undefined && ticket !== undefined) {
      throw new AppError('unauthenticated', 'TWO_CREDENTIALS', 'Send a token or a ticket, not both.');
    }
    if (ticket !== undefined) return this.tickets.redeem(ticket, ACTIVITY_TICKET);
    if (token !== undefined) return this.identity.authenticate({ scheme: 'bearer', token }, { ip });
    throw new AppError('unauthenticated', 'UNAUTHENTICATED', 'The stream needs an access token, a key or a ticket.');
  }

  private async follow(ws: WebSocket, principal: Principal, after: string | undefined, signal: AbortSignal) {
    const { userId, username, organizationId } = principal;
    let hasBegun = false;
    for await (const batch of this.feed.follow(organizationId, after, signal)) {
      // The place is known now: what happens from here on is told.
      if (!hasBegun) await sent(ws, { type: 'hello', payload: { user: { id: userId, username } } });
      hasBegun = true;
      let last: Promise<void> | undefined;
      for (const entry of batch) last = sent(ws, { type: 'activity', id: entry.id, payload: toActivityView(entry) });
      await last;
    }
  }

  /** Ends the socket when the rights of its beginning do, or when its client is gone. */
  private watch(ws: WebSocket, principal: Principal): () => void {
    const look = async () => {
      if (hasExpired(principal, new Date())) return end(ws, 'sign_in_again');
      const outdated = await this.identity.listOutdated([principal]).catch(() => new Set<Principal>());
      if (outdated.has(principal)) end(ws, 'sign_in_again');
    };
    const looking = setInterval(() => void look(), LOOK_MS);
    let isThere = true;
    ws.on('pong', () => (isThere = true));
    const beating = setInterval(() => {
      if (!isThere) return ws.terminate();
      isThere = false;
      ws.ping();
    }, HEARTBEAT_MS);
    const unsubscribe = this.hints.subscribe(IDENTITY_CHANGED, (data) => {
      if (concernedBy(data)(principal)) void look();
    });
    return () => {
      clearInterval(looking);
      clearInterval(beating);
      unsubscribe();
    };
  }
}

/** Until the system has taken it. */
function sent(ws: WebSocket, frame: object): Promise<void> {
  return new Promise((resolve) => {
    const stalled = setTimeout(() => end(ws, 'too_slow'), STALL_MS);
    ws.send(JSON.stringify(frame), () => {
      clearTimeout(stalled);
      resolve();
    });
  });
}

function turnAway(ws: WebSocket, { kind, code, message }: AppError): void {
  ws.send(JSON.stringify({ type: 'error', payload: { code, message } }));
  end(ws, kind === 'unauthenticated' ? 'sign_in_again' : kind === 'forbidden' ? 'no_access' : 'restart');
}

function end(ws: WebSocket, reason: CloseReason): void {
  ws.close(CLOSE_CODES[reason], reason);
  // A client that reads nothing does not see the close frame either.
  setTimeout(() => ws.terminate(), FAREWELL_MS).unref();
}
