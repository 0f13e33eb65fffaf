import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiForbiddenResponse, ApiNotFoundResponse } from '@nestjs/swagger';
import { ApiOkResponse, ApiOperation, ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { RequestsService } from '../../core/execution/requests.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { type Id, idSchema } from '../../platform/ids.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { problem } from './schemas/problem-responses.js';
import { RequestDetailsView, RequestListView, RequestsQuery } from './schemas/requests.schemas.js';
import { toRequestDetailsView, toRequestListView } from './schemas/requests.schemas.js';

@ApiTags('Requests')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@ApiForbiddenResponse(problem('The key needs the scope mcp:read.'))
@Allow('requests.read')
@Controller('api/v1/requests')
export class RequestsController {
  constructor(private readonly requests: RequestsService) {}

  @Get()
  @ApiOperation({
    summary: 'Calls of tools: your own, and for administrators all of the organization; 50 a page, newest first.',
    description: 'One line for each call that named a server and a tool, refused, waiting and failed ones too.',
  })
  @ApiOkResponse({ standardSchema: RequestListView })
  @ApiBadRequestResponse(problem('A query parameter is not valid, or not known.'))
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: RequestsQuery }) { filter, page }: z.infer<typeof RequestsQuery>,
  ) {
    return toRequestListView(await this.requests.list(principal, filter, page));
  }

  @Get(':log_id')
  @ApiOperation({ summary: 'One call, with what was sent and answered; secrets are taken out.' })
  @ApiOkResponse({ standardSchema: RequestDetailsView })
  @ApiNotFoundResponse(problem('There is no such line, or it is not yours to see.'))
  async get(@CurrentPrincipal() principal: Principal, @Param('log_id', { schema: idSchema('log') }) id: Id<'log'>) {
    return toRequestDetailsView(await this.requests.get(principal, id));
  }
}
