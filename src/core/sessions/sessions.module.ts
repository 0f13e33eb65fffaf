import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { SessionForks } from './session-forks.service.js';
import { SessionLog } from './session-log.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';
import { TicketsService } from './tickets.service.js';
import { OldEvents } from './old-events.js';
import { OldTickets } from './old-tickets.js';

@Module({
  imports: [IdentityModule],
  providers: [SessionForks, SessionLog, SessionsRepository, SessionsService, TicketsService, OldEvents, OldTickets],
  exports: [SessionForks, SessionLog, SessionsService, TicketsService],
})
export class SessionsModule {}
