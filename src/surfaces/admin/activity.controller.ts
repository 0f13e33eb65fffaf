import { Controller, Get, Post, Query } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiCreatedResponse, ApiForbiddenResponse } from '@nestjs/swagger';
import { ApiOkResponse, ApiOperation, ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { Activity } from '../../core/activity/activity.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { DashboardService } from '../../core/overview/dashboard.service.js';
import { TICKET_SECONDS, TicketsService } from '../../core/sessions/tickets.service.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { ACTIVITY_TICKET } from './activity-stream.js';
import { ActivityLogsQuery, ActivityLogsView, ActivityRecentQuery } from './schemas/activity.schemas.js';
import { ActivityRecentView, ActivityStatsQuery, ActivityStatsView } from './schemas/activity.schemas.js';
import { StreamTicketView, toActivityLogsView, toActivityStatsView } from './schemas/activity.schemas.js';
import { toActivityView } from './schemas/activity.schemas.js';
import { problem } from './schemas/problem.schemas.js';

@ApiTags('Activity')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@ApiForbiddenResponse(problem('This needs the role admin.'))
@Allow('activity.read')
@Controller('api/activity')
export class AdminActivityController {
  constructor(
    private readonly activity: Activity,
    private readonly dashboard: DashboardService,
    private readonly tickets: TicketsService,
  ) {}

  @Get('logs')
  @ApiOperation({ summary: 'Who did what in your organization, and from where; newest first.' })
  @ApiOkResponse({ standardSchema: ActivityLogsView })
  @ApiBadRequestResponse(problem('A query parameter is not valid, or not known.'))
  async logs(
    @CurrentPrincipal() { organizationId }: Principal,
    @Query({ schema: ActivityLogsQuery }) { filter, page }: z.infer<typeof ActivityLogsQuery>,
  ) {
    return toActivityLogsView(page, await this.activity.page(organizationId, filter, page));
  }

  @Get('stats')
  @ApiOperation({
    summary: 'How much happened on the last days, what mostly, and by whom; and how calls of tools went.',
  })
  @ApiOkResponse({ standardSchema: ActivityStatsView })
  @ApiBadRequestResponse(problem('days is not valid.'))
  async stats(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: ActivityStatsQuery }) { days }: z.infer<typeof ActivityStatsQuery>,
  ) {
    return toActivityStatsView(await this.dashboard.stats(principal, days));
  }

  @Get('recent')
  @ApiOperation({ summary: 'What happened last, newest first.' })
  @ApiOkResponse({ standardSchema: ActivityRecentView })
  @ApiBadRequestResponse(problem('limit is not valid.'))
  async recent(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: ActivityRecentQuery }) { limit }: z.infer<typeof ActivityRecentQuery>,
  ): Promise<z.infer<typeof ActivityRecentView>> {
    return { items: (await this.dashboard.recent(principal, limit)).map(toActivityView) };
  }

  @Post('tickets')
  @ApiOperation({
    summary: 'A ticket that opens one stream.',
    description:
      'For `?ticket=` of the WebSocket `/api/activity/stream`, once, within 30 seconds: no token lands in an address.',
  })
  @ApiCreatedResponse({ standardSchema: StreamTicketView })
  async ticket(@CurrentPrincipal() principal: Principal): Promise<z.infer<typeof StreamTicketView>> {
    return { ticket: await this.tickets.issue(principal, ACTIVITY_TICKET), expires_in: TICKET_SECONDS };
  }
}
