import type { Interruption } from '@app/mcp-client';
import { Body, Controller, Post, Req, Res } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiBearerAuth,
  ApiConflictResponse,
  ApiForbiddenResponse,
  ApiHeader,
} from '@nestjs/swagger';
import { ApiInternalServerErrorResponse, ApiNotFoundResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ApiAcceptedResponse, ApiServiceUnavailableResponse, ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { CatalogueService } from '../../core/catalogue/catalogue.service.js';
import { MAX_WAIT_SECONDS } from '../../core/execution/held-call-waits.service.js';
import { ResourceRequests } from '../../core/execution/resource-requests.service.js';
import { ToolCalls } from '../../core/execution/tool-calls.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CallAnswers } from '../pipeline/call-answers.js';
import { ClientGone, whenClientGoes } from '../pipeline/client-gone.js';
import { DirectRoutes } from '../pipeline/direct-routes.js';
import type { HttpReply, HttpRequest } from '../pipeline/http-exchange.js';
import { PreferredWait, preferredWait } from '../pipeline/prefer.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { ApprovalRequiredView, ExecutionView, toExecutionAnswer, ToolExecution } from './schemas/execution.schemas.js';
import { ResourceExecution, ResourceView, toResourceAnswer } from './schemas/resource.schemas.js';
import { platformError } from './schemas/platform-error.schemas.js';

@ApiTags('MCP execution')
@ApiBearerAuth()
@ApiUnauthorizedResponse(platformError('No credential, or one that is not valid any more.'))
@ApiForbiddenResponse(platformError('Your role, the scopes of your key or your level on the server do not allow it.'))
@ApiNotFoundResponse(platformError('There is no such service or tool, or not for you.'))
@ApiInternalServerErrorResponse(platformError('The service or the tool failed (MCP_SERVICE_ERROR).'))
@ApiServiceUnavailableResponse(platformError('The service is busy or known to be away; Retry-After says how long.'))
@Controller('v1/mcp/execute')
export class ExecutionController {
  constructor(
    private readonly calls: ToolCalls,
    private readonly catalogue: CatalogueService,
    private readonly resources: ResourceRequests,
    private readonly answers: CallAnswers,
    direct: DirectRoutes,
  ) {
    direct.serve({
      route: 'POST /v1/mcp/execute/tool',
      action: 'tools.call',
      body: ToolExecution,
      handle: (principal, body, request, reply) => {
        const waitMs = preferredWait(MAX_WAIT_SECONDS, request, reply);
        return this.tool(principal, body, waitMs, whenClientGoes(reply), request, reply);
      },
    });
  }

  @Post('tool')
  @Allow('tools.call')
  @ApiOperation({
    summary: 'Call a tool.',
    description:
      'Runs under the approval policy of its server: a call that a person has to allow is held, and answers 202 with where to decide.',
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
  @ApiOkResponse({ standardSchema: ExecutionView })
  @ApiAcceptedResponse({ standardSchema: ApprovalRequiredView })
  @ApiBadRequestResponse(platformError('A field is not valid, or the parameters do not fit the tool.'))
  @ApiConflictResponse(platformError('The tool is in quarantine (TOOL_QUARANTINED), or changed just now.'))
  async tool(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: ToolExecution }) body: z.infer<typeof ToolExecution>,
    @PreferredWait(MAX_WAIT_SECONDS) waitMs: number,
    @ClientGone() signal: Interruption,
    @Req() request: HttpRequest,
    @Res() reply: HttpReply,
  ) {
    const resolved = this.catalogue.resolve(principal, body.serviceId);
    const wanted = {
      serverId: resolved instanceof Promise ? await resolved : resolved,
      tool: body.toolName,
      arguments: body.parameters,
      timeoutMs: body.timeout && body.timeout * 1_000,
      waitMs,
    };
    await this.answers.answer(request, reply, signal, async (listener) =>
      toExecutionAnswer(await this.calls.call(principal, 'rest', wanted, listener), request.id),
    );
  }

  @Post('resource')
  @Allow('tools.call')
  @ApiOperation({
    summary: 'Read a resource.',
    description:
      '`resourceName` is the URI of a resource, its name, the name of a resource template (`parameters` fill its variables, RFC 6570), or the name of a tool that only reads (`parameters` are its arguments).',
  })
  @ApiOkResponse({ standardSchema: ResourceView })
  @ApiAcceptedResponse({ standardSchema: ApprovalRequiredView })
  @ApiBadRequestResponse(platformError('A field is not valid, or a variable is missing.'))
  async resource(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: ResourceExecution }) body: z.infer<typeof ResourceExecution>,
    @PreferredWait(MAX_WAIT_SECONDS) waitMs: number,
    @ClientGone() signal: AbortSignal,
    @Req() request: HttpRequest,
    @Res() reply: HttpReply,
  ) {
    const { serviceId, resourceName: name, parameters } = body;
    const serverId = await this.catalogue.resolve(principal, serviceId);
    const wanted = { serverId, name, parameters, waitMs };
    await this.answers.answer(request, reply, signal, async (listener) =>
      toResourceAnswer(await this.resources.fetch(principal, 'rest', wanted, listener), request.id),
    );
  }
}
