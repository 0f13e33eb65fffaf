import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { deleteInBatches, Sweep } from '../../platform/jobs/sweep.js';

/** Tickets of sockets that nobody opened. */
@Injectable()
export class OldTickets extends Sweep {
  readonly what = 'socket tickets';

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run(signal: AbortSignal): Promise<number> {
    return deleteInBatches(
      this.database,
      signal,
      `delete from socket_tickets where ticket_hash in (
         select ticket_hash from socket_tickets where expires_at < $2 limit $1 for update skip locked)`,
      [new Date(this.clock.ms() - 60_000)],
    );
  }
}
