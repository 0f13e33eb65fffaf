import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiForbiddenResponse, ApiOkResponse } from '@nestjs/swagger';
import { ApiHeader, ApiOperation, ApiTags, ApiTooManyRequestsResponse, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { Activity } from '../../core/activity/activity.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { DashboardService } from '../../core/overview/dashboard.service.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { ActivityEvents } from './activity-events.js';
import { ActivityListView, ActivityQuery, ActivityStatsQuery } from './schemas/activity.schemas.js';
import { ActivityStatsView, toActivityListView, toActivityStatsView } from './schemas/activity.schemas.js';
import { problem } from './schemas/problem-responses.js';

@ApiTags('Activity')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@ApiForbiddenResponse(problem('This needs the role admin.'))
@Allow('activity.read')
@Controller('api/v1/activity')
export class ActivityController {
  constructor(
    private readonly activity: Activity,
    private readonly dashboard: DashboardService,
    private readonly events: ActivityEvents,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Who did what in your organization, and from where; 50 a page, newest first.' })
  @ApiOkResponse({ standardSchema: ActivityListView })
  @ApiBadRequestResponse(problem('A query parameter is not valid, or not known.'))
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: ActivityQuery }) { filter, page }: z.infer<typeof ActivityQuery>,
  ) {
    return toActivityListView(await this.activity.list(principal.organizationId, filter, page));
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

  @Get('events')
  @ApiOperation({
    summary: 'The activity as it comes in, as server-sent events.',
    description:
      'Events `activity`, each with the id of its line. Who comes again with `Last-Event-ID` gets what came meanwhile: nothing is missing, and nothing twice.',
  })
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'The last id that was seen.' })
  @ApiOkResponse({ description: 'The stream.', content: { 'text/event-stream': { schema: { type: 'string' } } } })
  @ApiTooManyRequestsResponse(problem('Too many streams are open.'))
  async follow(
    @CurrentPrincipal() principal: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.events.answer(principal, request, reply);
  }
}
