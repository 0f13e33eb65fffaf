import { Controller, Get, Query } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiForbiddenResponse, ApiOkResponse } from '@nestjs/swagger';
import { ApiOperation, ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { Activity } from '../../core/activity/activity.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { ActivityListView, ActivityQuery, toActivityListView } from './schemas/activity.schemas.js';
import { problem } from './schemas/problem-responses.js';

@ApiTags('Activity')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@Controller('api/v1/activity')
export class ActivityController {
  constructor(private readonly activity: Activity) {}

  @Get()
  @Allow('activity.read')
  @ApiOperation({ summary: 'Who did what in your organization, and from where; 50 a page, newest first.' })
  @ApiOkResponse({ standardSchema: ActivityListView })
  @ApiBadRequestResponse(problem('A query parameter is not valid, or not known.'))
  @ApiForbiddenResponse(problem('This needs the role admin.'))
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: ActivityQuery }) { filter, page }: z.infer<typeof ActivityQuery>,
  ) {
    return toActivityListView(await this.activity.list(principal.organizationId, filter, page));
  }
}
