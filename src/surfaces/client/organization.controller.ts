import { Body, Controller, Get, HttpCode, Patch, Post } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiConflictResponse, ApiForbiddenResponse } from '@nestjs/swagger';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { MembersService } from '../../core/identity/members.service.js';
import { OrganizationsService } from '../../core/identity/organizations.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { MemberView, toMemberView } from './schemas/members.schemas.js';
import { LeftView, OrganizationDetailsView, OrganizationTransfer } from './schemas/organizations.schemas.js';
import { OrganizationUpdate, toOrganizationDetailsView, toSwitchedView } from './schemas/organizations.schemas.js';
import { problem } from './schemas/problem-responses.js';

@ApiTags('Organization')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@Controller('api/v1/organization')
export class OrganizationController {
  constructor(
    private readonly organizations: OrganizationsService,
    private readonly members: MembersService,
  ) {}

  @Get()
  @Allow('organization.read')
  @ApiOperation({ summary: 'The organization that you are in: its plan, and how much of it is used.' })
  @ApiOkResponse({ standardSchema: OrganizationDetailsView })
  async get(@CurrentPrincipal() principal: Principal) {
    return toOrganizationDetailsView(await this.organizations.get(principal));
  }

  @Patch()
  @Allow('organization.change')
  @ApiOperation({ summary: 'Give it another name.' })
  @ApiOkResponse({ standardSchema: OrganizationDetailsView })
  @ApiBadRequestResponse(problem('The name is not valid.'))
  @ApiForbiddenResponse(problem('Your role is below admin.'))
  async rename(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: OrganizationUpdate }) body: z.infer<typeof OrganizationUpdate>,
  ) {
    return toOrganizationDetailsView(await this.organizations.rename(principal, body.name));
  }

  @Post('leave')
  @Allow('memberships.manage')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Leave it: your keys here end, and your sign-ins go on in another organization of yours.',
    description: 'Who belongs to no other gets a new one of their own. What you made here stays.',
  })
  @ApiOkResponse({ standardSchema: LeftView })
  @ApiConflictResponse(problem('You are the last owner.'))
  async leave(@CurrentPrincipal() principal: Principal) {
    return { status: 'left', ...toSwitchedView(principal, await this.organizations.leave(principal)) };
  }

  @Post('transfer')
  @Allow('organization.transfer')
  @HttpCode(200)
  @ApiOperation({ summary: 'Make another member an owner, and yourself an administrator; answers the new owner.' })
  @ApiOkResponse({ standardSchema: MemberView })
  @ApiForbiddenResponse(problem('You are no owner.'))
  @ApiNotFoundResponse(problem('There is no such member.'))
  @ApiConflictResponse(problem('It is you.'))
  async transfer(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: OrganizationTransfer }) body: z.infer<typeof OrganizationTransfer>,
  ) {
    return toMemberView(await this.members.transfer(principal, body.user_id));
  }
}
