import { Module } from '@nestjs/common';
import { SessionLog } from './session-log.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';
import { TicketsService } from './tickets.service.js';
import { OldEvents } from './old-events.js';
import { OldTickets } from './old-tickets.js';

@Module({
  providers: [SessionLog, SessionsRepository, SessionsService, TicketsService, OldEvents, OldTickets],
  exports: [SessionLog, SessionsService, TicketsService],
})
export class SessionsModule {}
