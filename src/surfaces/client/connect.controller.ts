import { Controller, Get, Query } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiForbiddenResponse, ApiNotFoundResponse } from '@nestjs/swagger';
import { ApiOkResponse, ApiOperation, ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../core/identity/principal.js';
import { Connections } from '../../core/toolsets/connections.service.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { ConnectQuery, ConnectView, toConnectView } from './schemas/connect.schemas.js';
import { problem } from './schemas/problem-responses.js';

@ApiTags('Connect')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@Controller('api/v1/connect')
export class ConnectController {
  constructor(private readonly connections: Connections) {}

  @Get()
  @Allow('toolsets.read')
  @ApiOperation({
    summary: 'Ready-made configuration of the common MCP clients: for all your servers, one server, or a toolset.',
    description: 'By signing in, and by an API key. No secret is in it.',
  })
  @ApiOkResponse({ standardSchema: ConnectView })
  @ApiBadRequestResponse(problem('A query parameter is not valid, or not known.'))
  @ApiForbiddenResponse(problem('You may not use this server (SERVER_ACCESS_TOO_LOW).'))
  @ApiNotFoundResponse(problem('There is no such server or toolset in your organization, or you may not see it.'))
  async get(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: ConnectQuery }) wanted: z.infer<typeof ConnectQuery>,
  ) {
    return toConnectView(await this.connections.describe(principal, wanted));
  }
}
