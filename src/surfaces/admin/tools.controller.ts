import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiConflictResponse, ApiForbiddenResponse } from '@nestjs/swagger';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../core/identity/principal.js';
import { ToolDirectory } from '../../core/registry/tool-directory.service.js';
import { idSchema, type ServerId, type ToolId } from '../../platform/ids.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { PaginationQuery } from './schemas/pagination.js';
import { problem } from './schemas/problem.schemas.js';
import { ToolAction, ToolApprovalsQuery, ToolListView, ToolRevocation, ToolView } from './schemas/tools.schemas.js';
import { toToolListView, toToolView, toVersionComparisonView, toVersionListView } from './schemas/tools.schemas.js';
import { toVersionView, VersionComparisonView, VersionListView, VersionParam } from './schemas/tools.schemas.js';
import { VersionsQuery, VersionView } from './schemas/tools.schemas.js';

const ToolIdParam = { schema: idSchema('tool') };
const NOT_FOUND = problem('There is no such tool in your organization, or you may not see its server.');
const WRONG = problem('A parameter or a field is not valid.');
const TOO_LOW = problem('You do not manage the server of this tool, or are no person who signed in.');

@ApiTags('Tools')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@Controller('api')
export class AdminToolsController {
  constructor(private readonly tools: ToolDirectory) {}

  @Get('approvals/tools')
  @Allow('approvals.read')
  @ApiOperation({ summary: 'The tools whose definition waits for a person, the last changed first.' })
  @ApiOkResponse({ standardSchema: ToolListView })
  @ApiBadRequestResponse(WRONG)
  async listPending(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: ToolApprovalsQuery }) { states, page }: z.infer<typeof ToolApprovalsQuery>,
  ) {
    return toToolListView(page, await this.tools.listInState(principal, states, page));
  }

  @Post('approvals/tools/:id/action')
  @Allow('tools.decide')
  @HttpCode(200)
  @ApiOperation({ summary: 'Approve or reject the definition that the tool has now.' })
  @ApiOkResponse({ standardSchema: ToolView })
  @ApiBadRequestResponse(WRONG)
  @ApiForbiddenResponse(TOO_LOW)
  @ApiNotFoundResponse(NOT_FOUND)
  @ApiConflictResponse(problem('It changed in this very moment (TOOL_CHANGED).'))
  async decide(
    @CurrentPrincipal() principal: Principal,
    @Param('id', ToolIdParam) id: ToolId,
    @Body({ schema: ToolAction }) { action, comment }: z.infer<typeof ToolAction>,
  ) {
    return toToolView(await this.tools.decide(principal, id, action, comment));
  }

  @Post('approvals/tools/:id/revoke')
  @Allow('tools.decide')
  @HttpCode(200)
  @ApiOperation({ summary: 'Take the approval of a tool back; it waits for a person again.' })
  @ApiOkResponse({ standardSchema: ToolView })
  @ApiBadRequestResponse(WRONG)
  @ApiForbiddenResponse(TOO_LOW)
  @ApiNotFoundResponse(NOT_FOUND)
  @ApiConflictResponse(problem('It is not approved (TOOL_NOT_APPROVED).'))
  async revoke(
    @CurrentPrincipal() principal: Principal,
    @Param('id', ToolIdParam) id: ToolId,
    @Body({ schema: ToolRevocation.optional() }) body: z.infer<typeof ToolRevocation> | undefined,
  ) {
    return toToolView(await this.tools.revoke(principal, id, body?.comment));
  }

  @Get('servers/:id/tools')
  @Allow('servers.read')
  @ApiOperation({ summary: 'The tools that a server offers, the last changed first.' })
  @ApiOkResponse({ standardSchema: ToolListView })
  @ApiBadRequestResponse(WRONG)
  @ApiNotFoundResponse(problem('There is no such server in your organization, or you may not see it.'))
  async listOfServer(
    @CurrentPrincipal() principal: Principal,
    @Param('id', { schema: idSchema('mcp') }) id: ServerId,
    @Query({ schema: PaginationQuery }) page: z.infer<typeof PaginationQuery>,
  ) {
    return toToolListView(page, await this.tools.listOfServer(principal, id, page));
  }

  @Get('tools/:id')
  @Allow('servers.read')
  @ApiOperation({ summary: 'One tool.' })
  @ApiOkResponse({ standardSchema: ToolView })
  @ApiNotFoundResponse(NOT_FOUND)
  async get(@CurrentPrincipal() principal: Principal, @Param('id', ToolIdParam) id: ToolId) {
    return toToolView(await this.tools.get(principal, id));
  }

  @Get('tools/:id/versions')
  @Allow('servers.read')
  @ApiOperation({ summary: 'The definitions that a tool has had, newest first.' })
  @ApiOkResponse({ standardSchema: VersionListView })
  @ApiBadRequestResponse(WRONG)
  @ApiNotFoundResponse(NOT_FOUND)
  async listVersions(
    @CurrentPrincipal() principal: Principal,
    @Param('id', ToolIdParam) id: ToolId,
    @Query({ schema: PaginationQuery }) page: z.infer<typeof PaginationQuery>,
  ) {
    return toVersionListView(page, await this.tools.listVersions(principal, id));
  }

  @Get('tools/:id/versions/compare')
  @Allow('servers.read')
  @ApiOperation({ summary: 'What changed from one definition to another; both by their numbers.' })
  @ApiOkResponse({ standardSchema: VersionComparisonView })
  @ApiBadRequestResponse(WRONG)
  @ApiNotFoundResponse(NOT_FOUND)
  async compare(
    @CurrentPrincipal() principal: Principal,
    @Param('id', ToolIdParam) id: ToolId,
    @Query({ schema: VersionsQuery }) versions: z.infer<typeof VersionsQuery>,
  ) {
    return toVersionComparisonView(await this.tools.compare(principal, id, versions));
  }

  @Get('tools/:id/versions/:version')
  @Allow('servers.read')
  @ApiOperation({ summary: 'One definition of a tool, by its number from 1.' })
  @ApiOkResponse({ standardSchema: VersionView })
  @ApiBadRequestResponse(WRONG)
  @ApiNotFoundResponse(NOT_FOUND)
  async getVersion(
    @CurrentPrincipal() principal: Principal,
    @Param('id', ToolIdParam) id: ToolId,
    @Param('version', VersionParam) version: number,
  ) {
    return toVersionView(await this.tools.getVersion(principal, id, version));
  }
}
