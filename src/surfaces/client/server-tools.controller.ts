import { Body, Controller, Get, HttpCode, Param, Patch, Post, Put } from '@nestjs/common';
import { ApiBadGatewayResponse, ApiBadRequestResponse, ApiBearerAuth, ApiConflictResponse } from '@nestjs/swagger';
import { ApiForbiddenResponse, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../core/identity/principal.js';
import { ToolDetails } from '../../core/plans/tool-details.service.js';
import { ToolDecisions } from '../../core/registry/tool-decisions.service.js';
import { ToolGrants } from '../../core/registry/tool-grants.service.js';
import { ToolsService } from '../../core/registry/tools.service.js';
import { idSchema, type ServerId } from '../../platform/ids.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { problem } from './schemas/problem-responses.js';
import { ToolDetailsView, toolNameSchema, toToolDetailsView } from './schemas/tools.schemas.js';
import {
  ToolApprovals,
  ToolCallersChangeBody,
  ToolDecision,
  ToolListView,
  ToolPolicyChange,
  ToolRevocation,
} from './schemas/tools.schemas.js';
import {
  ToolsApprovedView,
  ToolView,
  toToolListView,
  toToolsApprovedView,
  toToolView,
} from './schemas/tools.schemas.js';

const ServerIdParam = { schema: idSchema('mcp') };
const ToolNameParam = { schema: toolNameSchema };
const NOT_FOUND = problem(
  'There is no such server in your organization, or you may not see it, or it has no such tool.',
);
const TOO_LOW = problem('You do not manage this server (SERVER_ACCESS_TOO_LOW), or are no person who signed in.');
const CHANGED = problem('The tool has another definition by now (TOOL_CHANGED); its pin is in `details`.');

@ApiTags('Tools')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@ApiNotFoundResponse(NOT_FOUND)
@Controller('api/v1/servers/:server_id/tools')
export class ServerToolsController {
  constructor(
    private readonly tools: ToolsService,
    private readonly decisions: ToolDecisions,
    private readonly details: ToolDetails,
    private readonly grants: ToolGrants,
  ) {}

  @Get()
  @Allow('servers.read')
  @ApiOperation({ summary: 'The tools it offers, as last seen, and how far each is trusted.' })
  @ApiOkResponse({ standardSchema: ToolListView })
  @ApiBadGatewayResponse(problem('It never answered, so its tools are not known.'))
  async list(@CurrentPrincipal() principal: Principal, @Param('server_id', ServerIdParam) id: ServerId) {
    return toToolListView(await this.tools.describe(principal, id));
  }

  @Post('approve')
  @Allow('tools.decide')
  @HttpCode(200)
  @ApiOperation({ summary: 'Approve the definitions of several tools: all of them, or none.' })
  @ApiOkResponse({ standardSchema: ToolsApprovedView })
  @ApiBadRequestResponse(problem('A field is not valid.'))
  @ApiForbiddenResponse(TOO_LOW)
  @ApiConflictResponse(CHANGED)
  async approveAll(
    @CurrentPrincipal() principal: Principal,
    @Param('server_id', ServerIdParam) id: ServerId,
    @Body({ schema: ToolApprovals }) body: z.infer<typeof ToolApprovals>,
  ) {
    return toToolsApprovedView(await this.decisions.approve(principal, id, body.tools));
  }

  @Get(':tool')
  @Allow('servers.read')
  @ApiOperation({
    summary: 'A tool with its definition, the definitions it had, what changed, and what that concerns.',
    description: 'Of plans, sessions and keys of others only who manages the server learns.',
  })
  @ApiOkResponse({ standardSchema: ToolDetailsView })
  @ApiBadGatewayResponse(problem('The server never answered, so its tools are not known.'))
  async get(
    @CurrentPrincipal() principal: Principal,
    @Param('server_id', ServerIdParam) id: ServerId,
    @Param('tool', ToolNameParam) name: string,
  ) {
    return toToolDetailsView(await this.details.get(principal, id, name));
  }

  @Patch(':tool')
  @Allow('tools.decide')
  @ApiOperation({ summary: 'Give the tool an approval policy of its own, or with null that of its server.' })
  @ApiOkResponse({ standardSchema: ToolView })
  @ApiBadRequestResponse(problem('A field is not valid.'))
  @ApiForbiddenResponse(TOO_LOW)
  async setPolicy(
    @CurrentPrincipal() principal: Principal,
    @Param('server_id', ServerIdParam) id: ServerId,
    @Param('tool', ToolNameParam) tool: string,
    @Body({ schema: ToolPolicyChange }) body: z.infer<typeof ToolPolicyChange>,
  ) {
    return toToolView(await this.decisions.setPolicy(principal, id, tool, body.approval_policy));
  }

  @Put(':tool/callers')
  @Allow('tools.decide')
  @ApiOperation({
    summary: 'Say who may call the tool, of those who may use its server.',
    description: 'It counts at every door at once, for owners too. A tool that is renamed keeps it.',
  })
  @ApiOkResponse({ standardSchema: ToolView })
  @ApiBadRequestResponse(problem('A field is not valid, or names somebody who is no member.'))
  @ApiForbiddenResponse(TOO_LOW)
  async setCallers(
    @CurrentPrincipal() principal: Principal,
    @Param('server_id', ServerIdParam) id: ServerId,
    @Param('tool', ToolNameParam) name: string,
    @Body({ schema: ToolCallersChangeBody }) body: z.infer<typeof ToolCallersChangeBody>,
  ) {
    return toToolView(await this.grants.change(principal, id, name, body));
  }

  @Post(':tool/approve')
  @Allow('tools.decide')
  @HttpCode(200)
  @ApiOperation({ summary: 'Approve exactly this definition of the tool.' })
  @ApiOkResponse({ standardSchema: ToolView })
  @ApiBadRequestResponse(problem('A field is not valid.'))
  @ApiForbiddenResponse(TOO_LOW)
  @ApiConflictResponse(CHANGED)
  async approve(
    @CurrentPrincipal() principal: Principal,
    @Param('server_id', ServerIdParam) id: ServerId,
    @Param('tool', ToolNameParam) name: string,
    @Body({ schema: ToolDecision }) { pin, reason }: z.infer<typeof ToolDecision>,
  ) {
    return toToolView(await this.decisions.approveOne(principal, id, { name, pin }, reason));
  }

  @Post(':tool/reject')
  @Allow('tools.decide')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Reject exactly this definition of the tool.',
    description: 'It is called from no door until it has another definition, or somebody approves this one after all.',
  })
  @ApiOkResponse({ standardSchema: ToolView })
  @ApiBadRequestResponse(problem('A field is not valid.'))
  @ApiForbiddenResponse(TOO_LOW)
  @ApiConflictResponse(CHANGED)
  async reject(
    @CurrentPrincipal() principal: Principal,
    @Param('server_id', ServerIdParam) id: ServerId,
    @Param('tool', ToolNameParam) name: string,
    @Body({ schema: ToolDecision }) { pin, reason }: z.infer<typeof ToolDecision>,
  ) {
    return toToolView(await this.decisions.reject(principal, id, { name, pin }, reason));
  }

  @Post(':tool/revoke')
  @Allow('tools.decide')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Take the approval of the present definition back.',
    description: 'The tool is in quarantine then, and asks for a new decision; what was remembered for it is void.',
  })
  @ApiOkResponse({ standardSchema: ToolView })
  @ApiBadRequestResponse(problem('A field is not valid.'))
  @ApiForbiddenResponse(TOO_LOW)
  @ApiConflictResponse(problem('It is not approved (TOOL_NOT_APPROVED).'))
  async revoke(
    @CurrentPrincipal() principal: Principal,
    @Param('server_id', ServerIdParam) id: ServerId,
    @Param('tool', ToolNameParam) name: string,
    @Body({ schema: ToolRevocation }) { reason }: z.infer<typeof ToolRevocation>,
  ) {
    return toToolView(await this.decisions.revoke(principal, id, name, reason));
  }
}
