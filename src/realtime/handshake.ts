import { Injectable } from '@nestjs/common';
import type { CloseReason } from '@app/session-protocol';
import { ConversationsService } from '../core/agent/conversations.service.js';
import { IdentityService } from '../core/identity/identity.service.js';
import { authorize } from '../core/identity/permissions.js';
import type { Principal } from '../core/identity/principal.js';
import { serverNotFound } from '../core/registry/registry.errors.js';
import type { McpServer } from '../core/registry/server.js';
import type { Session } from '../core/sessions/session.js';
import { TicketsService } from '../core/sessions/tickets.service.js';
import { AppError, type ErrorKind } from '../platform/errors/app-error.js';
import { isId } from '../platform/ids.js';

/** What a client brings, whatever carried it. */
export interface HandshakeRequest {
  serverId: string;
  /** Of the peer. */
  ip: string;
  token?: string | undefined;
  ticket?: string | undefined;
  session?: string | undefined;
  after?: string | undefined;
}

export interface Admission {
  principal: Principal;
  session: Session;
  server: McpServer;
  /** The last event that the client has seen. */
  after: number;
}

const CLOSE_REASONS = {
  invalid: 'no_access',
  unauthenticated: 'sign_in_again',
  forbidden: 'no_access',
  not_found: 'no_such_server',
  conflict: 'no_access',
  gone: 'no_such_server',
  precondition_failed: 'no_access',
  unprocessable: 'no_access',
  rate_limited: 'too_many',
  too_large: 'no_access',
  unsupported: 'no_access',
  upstream_failed: 'restart',
  unavailable: 'restart',
  internal: 'restart',
} satisfies Record<ErrorKind, CloseReason>;

export const closeReasonOf = (error: AppError): CloseReason => CLOSE_REASONS[error.kind];

@Injectable()
export class Handshake {
  constructor(
    private readonly identity: IdentityService,
    private readonly tickets: TicketsService,
    private readonly conversations: ConversationsService,
  ) {}

  /** @throws AppError */
  async admit(request: HandshakeRequest): Promise<Admission> {
    const after = readAfter(request.after);
    const principal = await this.authenticate(request);
    authorize(principal, 'sessions.read');
    if (!isId('mcp', request.serverId)) throw serverNotFound();
    const sessionId = request.session || undefined;
    if (sessionId !== undefined && !isId('session', sessionId)) throw noSuchSession();
    const { session, server } = await this.conversations.open(principal, request.serverId, sessionId);
    return { principal, session, server, after };
  }

  private async authenticate({ token, ticket, serverId, ip }: HandshakeRequest): Promise<Principal> {
    if (token && ticket) {
      throw new AppError('unauthenticated', 'TWO_CREDENTIALS', 'Send a token or a ticket, not both.');
    }
    if (ticket) return this.tickets.redeem(ticket, serverId);
    if (token) return this.identity.authenticate({ scheme: 'bearer', token }, { ip });
    throw new AppError('unauthenticated', 'UNAUTHENTICATED', 'The socket needs an access token or a ticket.');
  }
}

const noSuchSession = () => new AppError('not_found', 'SESSION_NOT_FOUND', 'There is no such session on this server.');

function readAfter(text: string | undefined): number {
  if (text === undefined || text === '') return 0;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new AppError('invalid', 'VALIDATION_ERROR', '"after" is the number of the last event you have seen.');
}
