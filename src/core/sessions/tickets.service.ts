import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { IdentityService } from '../identity/identity.service.js';
import type { Principal } from '../identity/principal.js';
import { ticketIsNotValid } from './sessions.errors.js';

export const TICKET_SECONDS = 30;

type StoredPrincipal = Omit<Principal, 'expiresAt'> & { expiresAt: string | null };

/** Single-use tickets that open a socket, so that no token lands in an address. */
@Injectable()
export class TicketsService {
  constructor(
    private readonly database: Database,
    private readonly identity: IdentityService,
    private readonly clock: Clock,
  ) {}

  /** @param place the server, or what else the socket is for */
  async issue(principal: Principal, place: string): Promise<string> {
    const ticket = randomBytes(32).toString('base64url');
    const now = this.clock.now();
    await this.database.sql(
      `with swept as (delete from socket_tickets where expires_at < $5::timestamptz - interval '1 minute')
       insert into socket_tickets (ticket_hash, user_id, server_id, principal, expires_at)
       values ($1, $2, $3, $4, $5::timestamptz + make_interval(secs => $6))`,
      [hash(ticket), principal.userId, place, JSON.stringify(principal), now.toISOString(), TICKET_SECONDS],
    );
    return ticket;
  }

  /** @throws when the ticket is unknown, used, expired or for another place */
  async redeem(ticket: string, place: string): Promise<Principal> {
    const [row] = await this.database.sql<{ principal: StoredPrincipal }>(
      'delete from socket_tickets where ticket_hash = $1 and server_id = $2 and expires_at > $3 returning principal',
      [hash(ticket), place, this.clock.now().toISOString()],
    );
    if (!row) throw ticketIsNotValid();
    const { expiresAt } = row.principal;
    const principal: Principal = { ...row.principal, expiresAt: expiresAt === null ? null : new Date(expiresAt) };
    // A sign-in may have ended since, or lost a right.
    if ((await this.identity.listOutdated([principal])).size > 0) throw ticketIsNotValid();
    return principal;
  }
}

const hash = (ticket: string) => createHash('sha256').update(ticket).digest('base64url');
