import { Controller, Get, Query } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiForbiddenResponse } from '@nestjs/swagger';
import { ApiOkResponse, ApiOperation, ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../core/identity/principal.js';
import { InboxService } from '../../core/inbox/inbox.service.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import {
  ApprovalStatisticsView,
  HostedRequestListView,
  toApprovalStatisticsView,
} from './schemas/approvals.schemas.js';
import { paginate, PaginationQuery } from './schemas/pagination.js';
import { problem } from './schemas/problem.schemas.js';

const DAYS = 30;
const PAGE = problem('page or page_size is not valid.');

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

  @Get('network')
  @Allow('approvals.read')
  @ApiOperation({ summary: 'Hosts that hosted servers ask for: none, as long as none is hosted.' })
  @ApiOkResponse({ standardSchema: HostedRequestListView })
  @ApiBadRequestResponse(PAGE)
  listNetwork(@Query({ schema: PaginationQuery }) page: z.infer<typeof PaginationQuery>) {
    return paginate(page, [], 0);
  }
}
