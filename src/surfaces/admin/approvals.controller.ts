import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiForbiddenResponse, ApiNotFoundResponse } from '@nestjs/swagger';
import { ApiOkResponse, ApiOperation, ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../core/identity/principal.js';
import { approvalNotFound } from '../../core/inbox/inbox.errors.js';
import { InboxService } from '../../core/inbox/inbox.service.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import {
  ApprovalStatisticsView,
  HostedRequestAction,
  HostedRequestListView,
  toApprovalStatisticsView,
} from './schemas/approvals.schemas.js';
import { paginate, PaginationQuery } from './schemas/pagination.js';
import { problem } from './schemas/problem.schemas.js';

const DAYS = 30;
const PAGE = problem('page or page_size is not valid.');
const WRONG = problem('A field is not valid.');
const NOT_FOUND = problem('There is no such request (APPROVAL_NOT_FOUND).');

@ApiTags('Approvals')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@ApiForbiddenResponse(problem('The key needs the scope mcp:read.'))
@Controller('api/approvals')
export class AdminApprovalsController {
  constructor(private readonly inbox: InboxService) {}

  @Get('stats')
  @Allow('approvals.read')
  @ApiOperation({ summary: 'How much waits for people, and what they decided in the last 30 days.' })
  @ApiOkResponse({ standardSchema: ApprovalStatisticsView })
  async statistics(@CurrentPrincipal() principal: Principal) {
    return toApprovalStatisticsView(await this.inbox.statistics(principal, DAYS));
  }

  @Get('modules')
  @Allow('approvals.read')
  @ApiOperation({ summary: 'Modules that hosted servers ask for: none, as long as none is hosted.' })
  @ApiOkResponse({ standardSchema: HostedRequestListView })
  @ApiBadRequestResponse(PAGE)
  listModules(@Query({ schema: PaginationQuery }) page: z.infer<typeof PaginationQuery>) {
    return paginate(page, [], 0);
  }

  @Post('modules/:id/action')
  @Allow('tools.decide')
  @HttpCode(200)
  @ApiOperation({ summary: 'Decide on a module: there is no such request, as long as no server is hosted.' })
  @ApiBadRequestResponse(WRONG)
  @ApiNotFoundResponse(NOT_FOUND)
  decideOnModule(@Param('id') _id: string, @Body({ schema: HostedRequestAction }) _body: object): never {
    throw approvalNotFound();
  }

  @Get('network')
  @Allow('approvals.read')
  @ApiOperation({ summary: 'Hosts that hosted servers ask for: none, as long as none is hosted.' })
  @ApiOkResponse({ standardSchema: HostedRequestListView })
  @ApiBadRequestResponse(PAGE)
  listNetwork(@Query({ schema: PaginationQuery }) page: z.infer<typeof PaginationQuery>) {
    return paginate(page, [], 0);
  }

  @Post('network/:id/action')
  @Allow('tools.decide')
  @HttpCode(200)
  @ApiOperation({ summary: 'Decide on a host: there is no such request, as long as no server is hosted.' })
  @ApiBadRequestResponse(WRONG)
  @ApiNotFoundResponse(NOT_FOUND)
  decideOnNetwork(@Param('id') _id: string, @Body({ schema: HostedRequestAction }) _body: object): never {
    throw approvalNotFound();
  }
}
