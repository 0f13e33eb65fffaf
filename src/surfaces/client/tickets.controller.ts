import { Body, Controller, Post } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNotFoundResponse,
  ApiOperation,
  ApiTags,
  ApiUnauthorizedResponse,
} from '@nestjs/swagger';
import type { z } from 'zod';
import { ConversationsService } from '../../core/agent/conversations.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { TICKET_SECONDS } from '../../core/sessions/tickets.service.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { problem } from './schemas/problem-responses.js';
import { TicketView } from './schemas/session-views.js';
import { TicketCreate } from './schemas/sessions.schemas.js';

@ApiTags('Sessions')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@Controller('api/v1/ws/tickets')
export class TicketsController {
  constructor(private readonly conversations: ConversationsService) {}

  @Post()
  @Allow('sessions.read')
  @ApiOperation({
    summary: 'A ticket that opens one socket on a server.',
    description: 'For `?ticket=` of `/ws/server/{server_id}`, once, within 30 seconds: no token lands in an address.',
  })
  @ApiCreatedResponse({ standardSchema: TicketView })
  @ApiNotFoundResponse(problem('There is no such server in your organization.'))
  async create(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: TicketCreate }) { server_id }: z.infer<typeof TicketCreate>,
  ) {
    return { ticket: await this.conversations.issueTicket(principal, server_id), expires_in: TICKET_SECONDS };
  }
}
