import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiConflictResponse, ApiForbiddenResponse } from '@nestjs/swagger';
import { ApiNoContentResponse, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiProduces } from '@nestjs/swagger';
import { ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import type { Principal } from '../../core/identity/principal.js';
import { ApprovalMailSettings } from '../../core/inbox/approval-mail-settings.service.js';
import { GrantsOfPeople } from '../../core/inbox/grants-of-people.service.js';
import { InboxDecisions } from '../../core/inbox/inbox-decisions.service.js';
import { InboxService } from '../../core/inbox/inbox.service.js';
import { InboxWaits } from '../../core/inbox/inbox-waits.service.js';
import { type ApprovalId, type Id, idSchema } from '../../platform/ids.js';
import { Allow } from '../pipeline/auth.guard.js';
import { ClientGone } from '../pipeline/client-gone.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { ApprovalEvents } from './approval-events.js';
import { GrantListView, toGrantListView } from './schemas/approval-grants.schemas.js';
import { ApprovalMailsBody, ApprovalMailsView, toMailsView } from './schemas/approval-links.schemas.js';
import {
  ApprovalCountsView,
  ApprovalDecision,
  ApprovalDetailView,
  ApprovalListView,
} from './schemas/approvals.schemas.js';
import { ApprovalsQuery, ApprovalStatisticsView, StatisticsQuery, WaitQuery } from './schemas/approvals.schemas.js';
import {
  toApprovalDetailView,
  toApprovalListView,
  toCountsView,
  toStatisticsView,
} from './schemas/approvals.schemas.js';
import { problem } from './schemas/problem-responses.js';

const ApprovalIdParam = { schema: idSchema('apr') };
const NOT_FOUND = problem('There is no such request, or it is not for you.');

@ApiTags('Approvals')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@Controller('api/v1/approvals')
export class ApprovalsController {
  constructor(
    private readonly inbox: InboxService,
    private readonly waits: InboxWaits,
    private readonly decisions: InboxDecisions,
    private readonly grants: GrantsOfPeople,
    private readonly mails: ApprovalMailSettings,
    private readonly following: ApprovalEvents,
  ) {}

  @Get()
  @Allow('approvals.read')
  @ApiOperation({
    summary: 'What waits for people, or what became of it; 50 a page.',
    description:
      'Held calls of servers that you use and your own, the tasks of your plans, definitions of tools in quarantine. What waits: the longest first; what ended: the last first.',
  })
  @ApiOkResponse({ standardSchema: ApprovalListView })
  @ApiBadRequestResponse(problem('A query parameter is not valid, or not known.'))
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: ApprovalsQuery }) { filter, page }: z.infer<typeof ApprovalsQuery>,
  ) {
    return toApprovalListView(await this.inbox.list(principal, filter, page), await this.inbox.count(principal));
  }

  @Get('counts')
  @Allow('approvals.read')
  @ApiOperation({ summary: 'How much waits.' })
  @ApiOkResponse({ standardSchema: ApprovalCountsView })
  async count(@CurrentPrincipal() principal: Principal) {
    return toCountsView(await this.inbox.count(principal));
  }

  @Get('stats')
  @Allow('approvals.read')
  @ApiOperation({ summary: 'How much waits, how much was decided on each day, and how long that took.' })
  @ApiOkResponse({ standardSchema: ApprovalStatisticsView })
  async statistics(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: StatisticsQuery }) { days }: z.infer<typeof StatisticsQuery>,
  ) {
    return toStatisticsView(await this.inbox.statistics(principal, days));
  }

  @Get('events')
  @Allow('approvals.read')
  @ApiOperation({
    summary: 'Follow what waits, as server-sent events.',
    description:
      '`counts` at once and after each change, `approval_requested`, `approval_resolved`. An event may be lost: after a break ask for the list.',
  })
  @ApiProduces('text/event-stream')
  @ApiOkResponse({ description: 'A stream of server-sent events.' })
  async events(@CurrentPrincipal() principal: Principal, @Res() reply: FastifyReply) {
    await this.following.answer(principal, reply);
  }

  @Get('grants')
  @Allow('approvals.read')
  @ApiOperation({ summary: 'What you may do without being asked, newest first.' })
  @ApiOkResponse({ standardSchema: GrantListView })
  async listGrants(@CurrentPrincipal() principal: Principal) {
    return toGrantListView(await this.grants.list(principal));
  }

  @Delete('grants/:grant_id')
  @Allow('approvals.decide')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Take a permission back. It counts at once, also for what was let through and not sent yet.',
  })
  @ApiNoContentResponse({ description: 'It is gone.' })
  @ApiNotFoundResponse(problem('There is no such permission among yours.'))
  async revokeGrant(
    @CurrentPrincipal() principal: Principal,
    @Param('grant_id', { schema: idSchema('grant') }) id: Id<'grant'>,
  ) {
    await this.grants.revoke(principal, id);
  }

  @Get('settings')
  @Allow('approvals.read')
  @ApiOperation({ summary: 'About what you are mailed.' })
  @ApiOkResponse({ standardSchema: ApprovalMailsView })
  async readSettings(@CurrentPrincipal() principal: Principal) {
    return toMailsView(await this.mails.read(principal));
  }

  @Patch('settings')
  @Allow('profile.change')
  @ApiOperation({
    summary: 'Say about what you want to be mailed: nothing, what is yours, or all that you may decide.',
  })
  @ApiOkResponse({ standardSchema: ApprovalMailsView })
  @ApiBadRequestResponse(problem('There is no such choice.'))
  async changeSettings(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: ApprovalMailsBody }) body: z.infer<typeof ApprovalMailsBody>,
  ) {
    return toMailsView(await this.mails.change(principal, body.approval_mails));
  }

  @Get(':approval_id')
  @Allow('approvals.read')
  @ApiOperation({
    summary: 'One request, with the definition of its tool and, of a held call, what became of it.',
    description: 'With `wait`, the answer comes when it has come to its end, or after so many seconds.',
  })
  @ApiOkResponse({ standardSchema: ApprovalDetailView })
  @ApiNotFoundResponse(NOT_FOUND)
  async get(
    @CurrentPrincipal() principal: Principal,
    @Param('approval_id', ApprovalIdParam) id: ApprovalId,
    @Query({ schema: WaitQuery }) { waitMs }: z.infer<typeof WaitQuery>,
    @ClientGone() gone: AbortSignal,
  ) {
    return toApprovalDetailView(await this.waits.get(principal, id, waitMs, gone));
  }

  @Post(':approval_id/decide')
  @Allow('approvals.decide')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Approve or deny it. The first decision stands.',
    description:
      'Only somebody who signed in. A task: whose session it is. A call: who may use the server; to remember it for somebody else, who manages it. A definition: who manages the server.',
  })
  @ApiOkResponse({ standardSchema: ApprovalDetailView })
  @ApiBadRequestResponse(problem('The arguments do not fit the tool, or the scope not the call.'))
  @ApiForbiddenResponse(problem('A key cannot decide, nor who may only see it.'))
  @ApiNotFoundResponse(NOT_FOUND)
  @ApiConflictResponse(problem('It has been decided, or has ended (ALREADY_DECIDED: by whom and when).'))
  async decide(
    @CurrentPrincipal() principal: Principal,
    @Param('approval_id', ApprovalIdParam) id: ApprovalId,
    @Body({ schema: ApprovalDecision }) ruling: z.infer<typeof ApprovalDecision>,
  ) {
    await this.decisions.decide(principal, id, ruling);
    return toApprovalDetailView(await this.inbox.get(principal, id));
  }

  @Post(':approval_id/withdraw')
  @Allow('tools.call')
  @HttpCode(200)
  @ApiOperation({ summary: 'Withdraw a call that you asked for, while it waits.' })
  @ApiOkResponse({ standardSchema: ApprovalDetailView })
  @ApiForbiddenResponse(problem('Somebody else asked for it.'))
  @ApiNotFoundResponse(NOT_FOUND)
  @ApiConflictResponse(problem('It has been decided, or is not a call.'))
  async withdraw(@CurrentPrincipal() principal: Principal, @Param('approval_id', ApprovalIdParam) id: ApprovalId) {
    await this.decisions.withdraw(principal, id);
    return toApprovalDetailView(await this.inbox.get(principal, id));
  }
}
