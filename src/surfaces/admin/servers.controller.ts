import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiConflictResponse, ApiCreatedResponse } from '@nestjs/swagger';
import { ApiForbiddenResponse, ApiNotFoundResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ApiPreconditionFailedResponse, ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../core/identity/principal.js';
import type { VisibleServer } from '../../core/registry/access.js';
import { versionOf } from '../../core/registry/server.js';
import { ServersService } from '../../core/registry/servers.service.js';
import { idSchema, type ServerId } from '../../platform/ids.js';
import { Allow } from '../pipeline/auth.guard.js';
import { Idempotent } from '../pipeline/idempotent-requests.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { IfMatch, Versioned, type VersionedAnswer } from '../pipeline/versions.js';
import { PaginationQuery } from './schemas/pagination.js';
import { problem } from './schemas/problem.schemas.js';
import {
  AllowedHost,
  ServerCreate,
  ServerDeletedView,
  ServerListView,
  ServerUpdate,
  ServerView,
  toServerListView,
  toServerView,
} from './schemas/servers.schemas.js';

const ServerIdParam = { schema: idSchema('mcp') };
const NOT_FOUND = problem('There is no such server in your organization, or you may not see it.');
const WRONG = problem('A field is not valid, or the URL is one that this instance may not call.');
const TAKEN = problem('Another server of the organization has this name.');
const STALE = problem('It was changed since (SERVER_CHANGED, with its version).');
const CONDITIONAL = 'With If-Match only while it has that ETag.';
const REMOTE = problem('It does not run here, so the hosts that it reaches are not set here (SERVER_IS_REMOTE).');

@ApiTags('Servers')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@ApiForbiddenResponse(problem('Your role, your key or your level on this server does not allow it.'))
@Controller('api/servers')
export class AdminServersController {
  constructor(private readonly servers: ServersService) {}

  @Get()
  @Allow('servers.read')
  @ApiOperation({ summary: 'The servers of your organization, oldest first.' })
  @ApiOkResponse({ standardSchema: ServerListView })
  @ApiBadRequestResponse(problem('page or page_size is not valid.'))
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: PaginationQuery }) page: z.infer<typeof PaginationQuery>,
  ) {
    return toServerListView(page, await this.servers.listCounted(principal, page));
  }

  @Post()
  @Allow('servers.create')
  @Idempotent()
  @ApiOperation({
    summary: 'Create a server that runs elsewhere.',
    description: 'It need not be reachable: it is checked right after the answer, and is `offline` until then.',
  })
  @ApiCreatedResponse({ standardSchema: ServerView })
  @ApiBadRequestResponse(WRONG)
  @ApiConflictResponse(TAKEN)
  async create(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: ServerCreate }) body: z.infer<typeof ServerCreate>,
  ) {
    return toServerView(await this.servers.create(principal, body));
  }

  @Get(':id')
  @Allow('servers.read')
  @ApiOperation({ summary: 'One server.' })
  @ApiOkResponse({ standardSchema: ServerView })
  @ApiNotFoundResponse(NOT_FOUND)
  async get(
    @CurrentPrincipal() principal: Principal,
    @Param('id', ServerIdParam) id: ServerId,
    @Versioned(versionOf) versioned: VersionedAnswer<VisibleServer>,
  ) {
    return toServerView(versioned(await this.servers.get(principal, id)));
  }

  @Patch(':id')
  @Allow('servers.change')
  @ApiOperation({ summary: 'Change a server; what is absent stays.', description: CONDITIONAL })
  @ApiOkResponse({ standardSchema: ServerView })
  @ApiBadRequestResponse(WRONG)
  @ApiNotFoundResponse(NOT_FOUND)
  @ApiConflictResponse(TAKEN)
  @ApiPreconditionFailedResponse(STALE)
  async update(
    @CurrentPrincipal() principal: Principal,
    @Param('id', ServerIdParam) id: ServerId,
    @Body({ schema: ServerUpdate }) body: z.infer<typeof ServerUpdate>,
    @IfMatch() versions: string[] | undefined,
    @Versioned(versionOf) versioned: VersionedAnswer<VisibleServer>,
  ) {
    return toServerView(versioned(await this.servers.update(principal, id, body, { versions })));
  }

  @Delete(':id')
  @Allow('servers.change')
  @ApiOperation({ summary: 'Remove a server, with what is known of its tools.', description: CONDITIONAL })
  @ApiOkResponse({ standardSchema: ServerDeletedView })
  @ApiNotFoundResponse(NOT_FOUND)
  @ApiPreconditionFailedResponse(STALE)
  async remove(
    @CurrentPrincipal() principal: Principal,
    @Param('id', ServerIdParam) id: ServerId,
    @IfMatch() versions: string[] | undefined,
  ) {
    await this.servers.remove(principal, id, { versions });
    return { message: 'Server deleted.' };
  }

  @Post(':id/allowed-hosts')
  @Allow('servers.change')
  @ApiOperation({ summary: 'Let a server that runs here reach a host. None does so yet.' })
  @ApiBadRequestResponse(problem('A field is not valid.'))
  @ApiNotFoundResponse(NOT_FOUND)
  @ApiConflictResponse(REMOTE)
  async allowHost(
    @CurrentPrincipal() principal: Principal,
    @Param('id', ServerIdParam) id: ServerId,
    @Body({ schema: AllowedHost }) _body: z.infer<typeof AllowedHost>,
  ) {
    return this.servers.requireHosted(principal, id);
  }

  @Delete(':id/allowed-hosts')
  @Allow('servers.change')
  @ApiOperation({ summary: 'Take a host away from a server that runs here. None does so yet.' })
  @ApiNotFoundResponse(NOT_FOUND)
  @ApiConflictResponse(REMOTE)
  async disallowHost(@CurrentPrincipal() principal: Principal, @Param('id', ServerIdParam) id: ServerId) {
    return this.servers.requireHosted(principal, id);
  }
}
