import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiForbiddenResponse, ApiNotFoundResponse } from '@nestjs/swagger';
import { ApiOkResponse, ApiOperation, ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../core/identity/principal.js';
import { ServerAccess } from '../../core/registry/server-access.service.js';
import { idSchema, type ServerId } from '../../platform/ids.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { problem } from './schemas/problem-responses.js';
import { ServerAccessChange, ServerAccessView, toServerAccessView } from './schemas/server-access.schemas.js';

const ServerIdParam = { schema: idSchema('mcp') };
const NOT_FOUND = problem('There is no such server in your organization, or you may not see it.');

@ApiTags('Servers')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@Controller('api/v1/servers/:server_id/access')
export class ServerAccessController {
  constructor(private readonly access: ServerAccess) {}

  @Get()
  @Allow('servers.read')
  @ApiOperation({ summary: 'Who may see, use and manage a server.' })
  @ApiOkResponse({ standardSchema: ServerAccessView })
  @ApiNotFoundResponse(NOT_FOUND)
  async read(@CurrentPrincipal() principal: Principal, @Param('server_id', ServerIdParam) id: ServerId) {
    return toServerAccessView(await this.access.read(principal, id));
  }

  @Put()
  @Allow('servers.change')
  @ApiOperation({
    summary: 'Change who may see, use and manage a server; what is absent stays.',
    description:
      'It counts at once: open sockets of those who lose sight of it close, and their plans call no more tools.',
  })
  @ApiOkResponse({ standardSchema: ServerAccessView })
  @ApiBadRequestResponse(problem('A field is not valid, or a grant names somebody who is no member.'))
  @ApiForbiddenResponse(problem('You do not manage this server (SERVER_ACCESS_TOO_LOW).'))
  @ApiNotFoundResponse(NOT_FOUND)
  async change(
    @CurrentPrincipal() principal: Principal,
    @Param('server_id', ServerIdParam) id: ServerId,
    @Body({ schema: ServerAccessChange }) change: z.infer<typeof ServerAccessChange>,
  ) {
    return toServerAccessView(await this.access.change(principal, id, change));
  }
}
