import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiConflictResponse, ApiCreatedResponse } from '@nestjs/swagger';
import { ApiForbiddenResponse, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiPreconditionFailedResponse, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../core/identity/principal.js';
import { type RegisteredServer, RegisteredServersService } from '../../core/registry/registered-servers.service.js';
import { versionOf } from '../../core/registry/server.js';
import { idSchema, type ServerId } from '../../platform/ids.js';
import { Allow } from '../pipeline/auth.guard.js';
import { Idempotent } from '../pipeline/idempotent-requests.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { IfMatch, Versioned, type VersionedAnswer } from '../pipeline/versions.js';
import { registrationError } from './schemas/envelope.js';
import {
  McpServerAnswer,
  McpServerDeletedAnswer,
  McpServerListAnswer,
  toCreatedAnswer,
  toDeletedAnswer,
  toServerAnswer,
  toServerListAnswer,
  toUpdatedAnswer,
} from './schemas/mcp-server-views.js';
import { McpServerCreate, McpServerUpdate, PageQuery } from './schemas/mcp-servers.schemas.js';

const ServerIdParam = { schema: idSchema('mcp') };
const NOT_FOUND = registrationError('There is no such server in the organization.');
const STALE = registrationError('It was changed since (SERVER_CHANGED, with its version).');
const CONDITIONAL = 'With If-Match only while it has that ETag.';

@ApiTags('MCP servers')
@ApiBearerAuth()
@ApiUnauthorizedResponse(registrationError('No key, or not the id and the secret of one that is valid.'))
@ApiForbiddenResponse(registrationError('The key lacks a scope, its owner a role, or the plan has no room.'))
@Controller('api/mcp-servers')
export class McpServersController {
  constructor(private readonly servers: RegisteredServersService) {}

  @Post()
  @Allow('servers.create')
  @Idempotent()
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
    return toServerListAnswer(await this.servers.list(principal, page), page, principal);
  }

  @Get(':id')
  @Allow('servers.read')
  @ApiOperation({ summary: 'One server.' })
  @ApiOkResponse({ standardSchema: McpServerAnswer })
  @ApiNotFoundResponse(NOT_FOUND)
  async get(
    @CurrentPrincipal() principal: Principal,
    @Param('id', ServerIdParam) id: ServerId,
    @Versioned(versionOf) versioned: VersionedAnswer<RegisteredServer>,
  ) {
    return toServerAnswer(versioned(await this.servers.get(principal, id)), principal);
  }

  @Patch(':id')
  @Allow('servers.change')
  @ApiOperation({ summary: 'Change a server; what is absent stays.', description: CONDITIONAL })
  @ApiOkResponse({ standardSchema: McpServerAnswer })
  @ApiBadRequestResponse(registrationError('A field is not valid, or the URL is one that this instance may not call.'))
  @ApiNotFoundResponse(NOT_FOUND)
  @ApiConflictResponse(registrationError('Another server of the organization has this name.'))
  @ApiPreconditionFailedResponse(STALE)
  async update(
    @CurrentPrincipal() principal: Principal,
    @Param('id', ServerIdParam) id: ServerId,
    @Body({ schema: McpServerUpdate }) body: z.infer<typeof McpServerUpdate>,
    @IfMatch() versions: string[] | undefined,
    @Versioned(versionOf) versioned: VersionedAnswer<RegisteredServer>,
  ) {
    return toUpdatedAnswer(versioned(await this.servers.update(principal, id, body, { versions })), principal);
  }

  @Delete(':id')
  @Allow('servers.change')
  @ApiOperation({ summary: 'Remove a server.', description: CONDITIONAL })
  @ApiOkResponse({ standardSchema: McpServerDeletedAnswer })
  @ApiNotFoundResponse(NOT_FOUND)
  @ApiPreconditionFailedResponse(STALE)
  async remove(
    @CurrentPrincipal() principal: Principal,
    @Param('id', ServerIdParam) id: ServerId,
    @IfMatch() versions: string[] | undefined,
  ) {
    await this.servers.remove(principal, id, { versions });
    return toDeletedAnswer(id);
  }
}
