import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiConflictResponse, ApiCreatedResponse } from '@nestjs/swagger';
import { ApiForbiddenResponse, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../core/identity/principal.js';
import { ServersService } from '../../core/registry/servers.service.js';
import { idSchema, type ServerId } from '../../platform/ids.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { registrationError } from './schemas/envelope.js';
import {
  McpServerAnswer,
  McpServerListAnswer,
  toCreatedAnswer,
  toServerAnswer,
  toServerListAnswer,
} from './schemas/mcp-server-views.js';
import { McpServerCreate, PageQuery } from './schemas/mcp-servers.schemas.js';

@ApiTags('MCP servers')
@ApiBearerAuth()
@ApiUnauthorizedResponse(registrationError('No key, or not the id and the secret of one that is valid.'))
@ApiForbiddenResponse(registrationError('The key lacks a scope, its owner a role, or the plan has no room.'))
@Controller('api/mcp-servers')
export class McpServersController {
  constructor(private readonly servers: ServersService) {}

  @Post()
  @Allow('servers.create')
  @ApiOperation({
    summary: 'Register a server.',
    description: 'It need not be reachable: it is checked right after the answer, and is `offline` until then.',
  })
  @ApiCreatedResponse({ standardSchema: McpServerAnswer })
  @ApiBadRequestResponse(registrationError('A field is not valid, or the URL is one that this instance may not call.'))
  @ApiConflictResponse(registrationError('Another server of the organization has this name.'))
  async create(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: McpServerCreate }) body: z.infer<typeof McpServerCreate>,
  ) {
    return toCreatedAnswer(await this.servers.create(principal, body), principal);
  }

  @Get()
  @Allow('servers.read')
  @ApiOperation({ summary: 'The servers of the organization, oldest first.' })
  @ApiOkResponse({ standardSchema: McpServerListAnswer })
  @ApiBadRequestResponse(registrationError('The page is not a number, or there is an unknown query parameter.'))
  async list(@CurrentPrincipal() principal: Principal, @Query({ schema: PageQuery }) page: z.infer<typeof PageQuery>) {
    return toServerListAnswer(await this.servers.list(principal, page), principal);
  }

  @Get(':id')
  @Allow('servers.read')
  @ApiOperation({ summary: 'One server.' })
  @ApiOkResponse({ standardSchema: McpServerAnswer })
  @ApiNotFoundResponse(registrationError('There is no such server in the organization.'))
  async get(@CurrentPrincipal() principal: Principal, @Param('id', { schema: idSchema('mcp') }) id: ServerId) {
    return toServerAnswer(await this.servers.get(principal, id), principal);
  }
}
