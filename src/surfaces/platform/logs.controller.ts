import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiForbiddenResponse, ApiNotFoundResponse } from '@nestjs/swagger';
import { ApiOkResponse, ApiOperation, ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { RequestsService } from '../../core/execution/requests.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { type Id, idSchema } from '../../platform/ids.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { LogDetailsView, LogListView, LogsQuery, toLogDetailsView, toLogListView } from './schemas/logs.schemas.js';
import { platformError } from './schemas/platform-error.schemas.js';

@ApiTags('Logging')
@ApiBearerAuth()
@ApiUnauthorizedResponse(platformError('No credential, or one that is not valid any more.'))
@ApiForbiddenResponse(platformError('The key needs the scope mcp:read.'))
@Allow('requests.read')
@Controller('v1/logs/requests')
export class LogsController {
  constructor(private readonly requests: RequestsService) {}

  @Get()
  @ApiOperation({
    summary: 'Your requests to services, newest first; for administrators those of the whole organization.',
    description: 'Failed ones too, and those that were refused or wait for an approval.',
  })
  @ApiOkResponse({ standardSchema: LogListView })
  @ApiBadRequestResponse(platformError('page, limit, status or a date is not valid.'))
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: LogsQuery }) { filter, page }: z.infer<typeof LogsQuery>,
  ) {
    return toLogListView(page, await this.requests.page(principal, filter, page));
  }

  @Get(':logId')
  @ApiOperation({ summary: 'One request, with what was sent and answered; secrets are taken out.' })
  @ApiOkResponse({ standardSchema: LogDetailsView })
  @ApiNotFoundResponse(platformError('There is no such log, or it is not yours to see.'))
  async get(@CurrentPrincipal() principal: Principal, @Param('logId', { schema: idSchema('log') }) id: Id<'log'>) {
    return toLogDetailsView(await this.requests.get(principal, id));
  }
}
