import { Body, Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBadRequestResponse, ApiBearerAuth, ApiConflictResponse } from '@nestjs/swagger';
import { ApiForbiddenResponse, ApiHeader, ApiNotFoundResponse, ApiOkResponse } from '@nestjs/swagger';
import { ApiBadGatewayResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import { ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { MAX_WAIT_SECONDS } from '../../core/execution/held-call-waits.service.js';
import { ResourceReads } from '../../core/execution/resource-reads.service.js';
import { ToolCalls } from '../../core/execution/tool-calls.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { idSchema, type ServerId } from '../../platform/ids.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CallAnswers } from '../pipeline/call-answers.js';
import { ClientGone } from '../pipeline/client-gone.js';
import { PreferredWait } from '../pipeline/prefer.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { problem } from './schemas/problem-responses.js';
import { ResourceListView, ResourceRead, ToolCallCreate, ToolCallView } from './schemas/tool-call.schemas.js';
import { ToolCallWaitingView, toResourceListView, toResourceReadView } from './schemas/tool-call.schemas.js';
import { toToolCallAnswer } from './schemas/tool-call.schemas.js';
import { toolNameSchema } from './schemas/tools.schemas.js';

const ServerIdParam = { schema: idSchema('mcp') };
const ToolNameParam = { schema: toolNameSchema };

@ApiTags('Tools')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@ApiForbiddenResponse(problem('Your role, the scopes of your key or your level on the server do not allow it.'))
@ApiNotFoundResponse(problem('There is no such server, tool or resource, or not for you.'))
@ApiBadGatewayResponse(problem('The server could not be reached, or failed; nothing ran.'))
@ApiServiceUnavailableResponse(problem('The server is busy or known to be away; Retry-After says how long.'))
@Controller('api/v1/servers/:server_id')
export class ToolCallsController {
  constructor(
    private readonly calls: ToolCalls,
    private readonly reads: ResourceReads,
    private readonly answers: CallAnswers,
  ) {}

  @Post('tools/:tool/call')
  @Allow('tools.call')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Call a tool now, as the policy of the server lets you.',
    description:
      'With `Accept: text/event-stream` the events `progress` and `log` come first, then `result`. A call for which a person is needed is held: 202. With `dry_run` the answer is what would happen.',
  })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'A repeated call under it is answered, not made.',
  })
  @ApiHeader({
    name: 'Prefer',
    required: false,
    description: '`wait=<seconds>`: wait so long for a person, 60 at most.',
  })
  @ApiOkResponse({ standardSchema: ToolCallView })
  @ApiAcceptedResponse({ standardSchema: ToolCallWaitingView })
  @ApiBadRequestResponse(problem('A field is not valid, or the arguments do not fit the tool (INVALID_ARGUMENTS).'))
  @ApiConflictResponse(problem('The tool is in quarantine (TOOL_QUARANTINED), or changed just now.'))
  async call(
    @CurrentPrincipal() principal: Principal,
    @Param('server_id', ServerIdParam) serverId: ServerId,
    @Param('tool', ToolNameParam) tool: string,
    @Body({ schema: ToolCallCreate }) body: z.infer<typeof ToolCallCreate>,
    @PreferredWait(MAX_WAIT_SECONDS) waitMs: number,
    @ClientGone() signal: AbortSignal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const timeoutMs = body.timeout && body.timeout * 1_000;
    const wanted = { serverId, tool, arguments: body.arguments, timeoutMs, waitMs, dryRun: body.dry_run };
    await this.answers.answer(request, reply, signal, async (listener) =>
      toToolCallAnswer(await this.calls.call(principal, 'rest', wanted, listener), request.id),
    );
  }

  @Get('resources')
  @Allow('tools.call')
  @ApiOperation({ summary: 'The resources and templates that the server offers now.' })
  @ApiOkResponse({ standardSchema: ResourceListView })
  async listResources(
    @CurrentPrincipal() principal: Principal,
    @Param('server_id', ServerIdParam) serverId: ServerId,
    @ClientGone() signal: AbortSignal,
  ) {
    return toResourceListView(await this.reads.list(principal, serverId, { signal }));
  }

  @Post('resources/read')
  @Allow('tools.call')
  @HttpCode(200)
  @ApiOperation({ summary: 'Read a resource.' })
  @ApiOkResponse({ standardSchema: ToolCallView })
  @ApiBadRequestResponse(problem('A field is not valid.'))
  async readResource(
    @CurrentPrincipal() principal: Principal,
    @Param('server_id', ServerIdParam) serverId: ServerId,
    @Body({ schema: ResourceRead }) { uri }: z.infer<typeof ResourceRead>,
    @ClientGone() signal: AbortSignal,
    @Req() request: FastifyRequest,
  ) {
    return toResourceReadView(await this.reads.read(principal, 'rest', serverId, uri, { signal }), request.id);
  }
}
