import { Controller, Delete, Get, Param, Query } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiConflictResponse, ApiNotFoundResponse } from '@nestjs/swagger';
import { ApiOkResponse, ApiOperation, ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { HeldCallWaits } from '../../core/execution/held-call-waits.service.js';
import { HeldCalls } from '../../core/execution/held-calls.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { type ApprovalId, idSchema } from '../../platform/ids.js';
import { Allow } from '../pipeline/auth.guard.js';
import { ClientGone } from '../pipeline/client-gone.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { ApprovalView, toApprovalView, WaitQuery } from './schemas/approvals.schemas.js';
import { platformError } from './schemas/platform-error.schemas.js';

const ApprovalIdParam = { schema: idSchema('apr') };
const NOT_FOUND = platformError('There is no such approval, or not for you.');

@ApiTags('MCP execution')
@ApiBearerAuth()
@ApiUnauthorizedResponse(platformError('No credential, or one that is not valid any more.'))
@ApiNotFoundResponse(NOT_FOUND)
@Controller('v1/mcp/approvals')
export class PlatformApprovalsController {
  constructor(
    private readonly held: HeldCalls,
    private readonly waits: HeldCallWaits,
  ) {}

  @Get(':approvalId')
  @Allow('approvals.read')
  @ApiOperation({
    summary: 'What became of a call that waits for a person, and what came of it.',
    description: 'For who asked for the call, and for those who may decide on it.',
  })
  @ApiOkResponse({ standardSchema: ApprovalView })
  @ApiBadRequestResponse(platformError('wait is no number of seconds from 0 to 60.'))
  async get(
    @CurrentPrincipal() principal: Principal,
    @Param('approvalId', ApprovalIdParam) id: ApprovalId,
    @Query({ schema: WaitQuery }) waitMs: z.infer<typeof WaitQuery>,
    @ClientGone() signal: AbortSignal,
  ) {
    return toApprovalView(await this.waits.view(principal, id, waitMs, signal));
  }

  @Delete(':approvalId')
  @Allow('tools.call')
  @ApiOperation({ summary: 'Withdraw a call of yours on which nobody has decided.' })
  @ApiOkResponse({ standardSchema: ApprovalView })
  @ApiConflictResponse(platformError('Somebody decided before (ALREADY_DECIDED).'))
  async withdraw(@CurrentPrincipal() principal: Principal, @Param('approvalId', ApprovalIdParam) id: ApprovalId) {
    return toApprovalView(await this.held.withdraw(principal, id));
  }
}
