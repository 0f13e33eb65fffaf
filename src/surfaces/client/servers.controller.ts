import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiConflictResponse, ApiCreatedResponse } from '@nestjs/swagger';
import {
  ApiForbiddenResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  ApiUnauthorizedResponse,
} from '@nestjs/swagger';
import { ApiPreconditionFailedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../core/identity/principal.js';
import { ConnectionTestsService } from '../../core/registry/connection-tests.service.js';
import { ServerHealthService } from '../../core/registry/server-health.service.js';
import { versionOf } from '../../core/registry/server.js';
import { type DetailedServer, ServerDetails } from '../../core/overview/server-details.service.js';
import type { VisibleServer } from '../../core/registry/access.js';
import { ServersService } from '../../core/registry/servers.service.js';
import { idSchema, type ServerId } from '../../platform/ids.js';
import { Allow } from '../pipeline/auth.guard.js';
import { ClientGone } from '../pipeline/client-gone.js';
import { Idempotent } from '../pipeline/idempotent-requests.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { IfMatch, Versioned, type VersionedAnswer } from '../pipeline/versions.js';
import { PageQuery } from './schemas/page.schemas.js';
import { problem } from './schemas/problem-responses.js';
import { ConnectionTestView, ServerCheckView, ServerDeletedView, ServerListView } from './schemas/server-views.js';
import { ServerStatusView, ServerView, toConnectionTestView, toServerCheckView } from './schemas/server-views.js';
import {
  ServerDetailsView,
  toServerDetailsView,
  toServerListView,
  toServerStatusView,
  toServerView,
} from './schemas/server-views.js';
import { ServerCreate, ServerTest, ServerUpdate } from './schemas/servers.schemas.js';

const ServerIdParam = { schema: idSchema('mcp') };
const NOT_FOUND = problem('There is no such server in your organization, or you may not see it.');
const STALE = problem('It was changed since (SERVER_CHANGED, with its version).');
const CONDITIONAL = 'With If-Match only while it has that ETag.';
const TOO_LOW = problem('You see this server, but may not do this with it (SERVER_ACCESS_TOO_LOW).');

@ApiTags('Servers')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@Controller('api/v1/servers')
export class ServersController {
  constructor(
    private readonly servers: ServersService,
    private readonly tests: ConnectionTestsService,
    private readonly health: ServerHealthService,
    private readonly details: ServerDetails,
  ) {}

  @Get()
  @Allow('servers.read')
  @ApiOperation({ summary: 'The MCP servers of your organization, 50 a page, oldest first.' })
  @ApiOkResponse({ standardSchema: ServerListView })
  @ApiBadRequestResponse(problem('The page is not a number, or there is an unknown query parameter.'))
  async list(@CurrentPrincipal() principal: Principal, @Query({ schema: PageQuery }) page: z.infer<typeof PageQuery>) {
    return toServerListView(await this.details.list(principal, page));
  }

  @Post()
  @Allow('servers.create')
  @Idempotent()
  @ApiOperation({
    summary: 'Add a server.',
    description: 'It need not be reachable: it is checked right after the answer, and is `offline` until then.',
  })
  @ApiCreatedResponse({ standardSchema: ServerView })
  @ApiBadRequestResponse(problem('A field is not valid, or the URL is one that this instance may not call.'))
  @ApiConflictResponse(problem('Another server of the organization has this name.'))
  async create(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: ServerCreate }) body: z.infer<typeof ServerCreate>,
  ) {
    return toServerView(await this.servers.create(principal, body));
  }

  @Post('test')
  @Allow('servers.test')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Try a connection without keeping anything of it.',
    description: 'Goes on step by step, within `timeout`; a failing test is a 400 with the same `checks`.',
  })
  @ApiOkResponse({ standardSchema: ConnectionTestView })
  @ApiBadRequestResponse(problem('A field is not valid, or the connection failed (CONNECTION_FAILED, with `checks`).'))
  async test(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: ServerTest }) body: z.infer<typeof ServerTest>,
    @ClientGone() signal: AbortSignal,
  ) {
    return toConnectionTestView(await this.tests.test(principal, body, { signal }));
  }

  @Get(':server_id')
  @Allow('servers.read')
  @ApiOperation({ summary: 'One server, and whether calls of it are let out.' })
  @ApiOkResponse({ standardSchema: ServerDetailsView })
  @ApiNotFoundResponse(NOT_FOUND)
  async get(
    @CurrentPrincipal() principal: Principal,
    @Param('server_id', ServerIdParam) id: ServerId,
    @Versioned(versionOf) versioned: VersionedAnswer<DetailedServer>,
  ) {
    return toServerDetailsView(versioned(await this.details.get(principal, id)));
  }

  @Put(':server_id')
  @Allow('servers.change')
  @ApiOperation({ summary: 'Change a server; what is absent stays.', description: CONDITIONAL })
  @ApiPreconditionFailedResponse(STALE)
  @ApiOkResponse({ standardSchema: ServerView })
  @ApiForbiddenResponse(TOO_LOW)
  @ApiBadRequestResponse(problem('A field is not valid.'))
  @ApiNotFoundResponse(NOT_FOUND)
  @ApiConflictResponse(problem('Another server of the organization has this name.'))
  async update(
    @CurrentPrincipal() principal: Principal,
    @Param('server_id', ServerIdParam) id: ServerId,
    @Body({ schema: ServerUpdate }) body: z.infer<typeof ServerUpdate>,
    @IfMatch() versions: string[] | undefined,
    @Versioned(versionOf) versioned: VersionedAnswer<VisibleServer>,
  ) {
    return toServerView(versioned(await this.servers.update(principal, id, body, { versions })));
  }

  @Delete(':server_id')
  @Allow('servers.change')
  @ApiOperation({ summary: 'Remove a server.', description: CONDITIONAL })
  @ApiPreconditionFailedResponse(STALE)
  @ApiOkResponse({ standardSchema: ServerDeletedView })
  @ApiForbiddenResponse(TOO_LOW)
  @ApiNotFoundResponse(NOT_FOUND)
  async remove(
    @CurrentPrincipal() principal: Principal,
    @Param('server_id', ServerIdParam) id: ServerId,
    @IfMatch() versions: string[] | undefined,
  ) {
    await this.servers.remove(principal, id, { versions });
    return { status: 'deleted' };
  }

  @Get(':server_id/status')
  @Allow('servers.read')
  @ApiOperation({ summary: 'Whether it answers; asked anew when the last answer is older than 15 seconds.' })
  @ApiOkResponse({ standardSchema: ServerStatusView })
  @ApiNotFoundResponse(NOT_FOUND)
  async status(@CurrentPrincipal() principal: Principal, @Param('server_id', ServerIdParam) id: ServerId) {
    return toServerStatusView(await this.health.status(principal, id));
  }

  @Post(':server_id/check')
  @Allow('servers.test')
  @HttpCode(200)
  @ApiOperation({ summary: 'Examine it now, step by step.' })
  @ApiOkResponse({ standardSchema: ServerCheckView })
  @ApiForbiddenResponse(TOO_LOW)
  @ApiNotFoundResponse(NOT_FOUND)
  async check(
    @CurrentPrincipal() principal: Principal,
    @Param('server_id', ServerIdParam) id: ServerId,
    @ClientGone() signal: AbortSignal,
  ) {
    return toServerCheckView(await this.health.examine(principal, id, { signal }));
  }
}
