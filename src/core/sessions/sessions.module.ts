import { Module } from '@nestjs/common';
import { SessionLog } from './session-log.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';
import { TicketsService } from './tickets.service.js';

@Module({
  providers: [SessionLog, SessionsRepository, SessionsService, TicketsService],
  exports: [SessionLog, SessionsService, TicketsService],
})
export class SessionsModule {}
