import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiConflictResponse, ApiCreatedResponse } from '@nestjs/swagger';
import { ApiForbiddenResponse, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiTooManyRequestsResponse, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { InvitationsService } from '../../core/identity/invitations.service.js';
import { MembersService } from '../../core/identity/members.service.js';
import { OrganizationsService } from '../../core/identity/organizations.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { type Id, idSchema, type UserId } from '../../platform/ids.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { PLATFORM_ACCESS_SECONDS } from './access-seconds.js';
import { INVITATION_REVOKED, InvitationCreate, InvitationListView } from './schemas/invitations.schemas.js';
import { InvitationRevokedView, InvitationSentView } from './schemas/invitations.schemas.js';
import { toInvitationListView, toInvitationSentView } from './schemas/invitations.schemas.js';
import { MEMBER_REMOVED, MemberListView, MemberRemovedView, MemberUpdate } from './schemas/members.schemas.js';
import { MemberView, toMemberListView, toMemberView } from './schemas/members.schemas.js';
import { LeftView, OrganizationDetailsView, OrganizationTransfer } from './schemas/organizations.schemas.js';
import { OrganizationUpdate, toLeftView, toOrganizationDetailsView } from './schemas/organizations.schemas.js';
import { PaginationQuery } from './schemas/pagination.js';
import { platformError } from './schemas/platform-error.schemas.js';

const UserIdParam = { schema: idSchema('user') };
const InvitationIdParam = { schema: idSchema('inv') };
const NO_MEMBER = platformError('There is no such member in your organization.');
const LAST_OWNER = platformError('The last owner stays one: make somebody else an owner first.');

@ApiTags('Organization')
@ApiBearerAuth()
@ApiUnauthorizedResponse(platformError('No credential, or one that is not valid any more.'))
@ApiForbiddenResponse(platformError('Your role or the scopes of your key do not allow it, or the plan has no room.'))
@Controller('v1/organizations/me')
export class OrganizationController {
  constructor(
    private readonly organizations: OrganizationsService,
    private readonly members: MembersService,
    private readonly invitations: InvitationsService,
  ) {}

  @Get()
  @Allow('organization.read')
  @ApiOperation({ summary: 'The organization that you are in.' })
  @ApiOkResponse({ standardSchema: OrganizationDetailsView })
  async get(@CurrentPrincipal() principal: Principal) {
    return toOrganizationDetailsView(await this.organizations.get(principal));
  }

  @Patch()
  @Allow('organization.change')
  @ApiOperation({ summary: 'Give it another name.' })
  @ApiOkResponse({ standardSchema: OrganizationDetailsView })
  @ApiBadRequestResponse(platformError('The name is not valid.'))
  async rename(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: OrganizationUpdate }) body: z.infer<typeof OrganizationUpdate>,
  ) {
    return toOrganizationDetailsView(await this.organizations.rename(principal, body.name));
  }

  @Get('users')
  @Allow('members.read')
  @ApiOperation({ summary: 'Who belongs to it, the first joined first. For administrators.' })
  @ApiOkResponse({ standardSchema: MemberListView })
  @ApiBadRequestResponse(platformError('page or limit is not valid.'))
  async listUsers(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: PaginationQuery }) page: z.infer<typeof PaginationQuery>,
  ) {
    return toMemberListView(page, await this.members.list(principal, page));
  }

  @Patch('users/:userId')
  @Allow('members.manage')
  @ApiOperation({ summary: 'Change the role of a member.' })
  @ApiOkResponse({ standardSchema: MemberView })
  @ApiBadRequestResponse(platformError('There is no such role.'))
  @ApiNotFoundResponse(NO_MEMBER)
  @ApiConflictResponse(LAST_OWNER)
  async changeUser(
    @CurrentPrincipal() principal: Principal,
    @Param('userId', UserIdParam) id: UserId,
    @Body({ schema: MemberUpdate }) body: z.infer<typeof MemberUpdate>,
  ) {
    return toMemberView(await this.members.changeRole(principal, id, body.role));
  }

  @Delete('users/:userId')
  @Allow('members.manage')
  @ApiOperation({ summary: 'Remove a member: their sign-ins and keys here end; what they made stays.' })
  @ApiOkResponse({ standardSchema: MemberRemovedView })
  @ApiNotFoundResponse(NO_MEMBER)
  @ApiConflictResponse(LAST_OWNER)
  async removeUser(@CurrentPrincipal() principal: Principal, @Param('userId', UserIdParam) id: UserId) {
    await this.members.remove(principal, id);
    return MEMBER_REMOVED;
  }

  @Get('invitations')
  @Allow('members.read')
  @ApiOperation({ summary: 'The open invitations, expired ones too, newest first.' })
  @ApiOkResponse({ standardSchema: InvitationListView })
  async listInvitations(@CurrentPrincipal() principal: Principal) {
    return toInvitationListView(await this.invitations.list(principal));
  }

  @Post('invitations')
  @Allow('members.manage')
  @ApiOperation({ summary: 'Invite somebody by mail. The link works for seven days.' })
  @ApiCreatedResponse({ standardSchema: InvitationSentView })
  @ApiBadRequestResponse(platformError('The address is malformed, or there is no such role.'))
  @ApiConflictResponse(platformError('They are a member already, or too many invitations are open.'))
  @ApiTooManyRequestsResponse(platformError('Cooling down; Retry-After says how long.'))
  async invite(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: InvitationCreate }) body: z.infer<typeof InvitationCreate>,
  ) {
    return toInvitationSentView(await this.invitations.invite(principal, body));
  }

  @Delete('invitations/:invitationId')
  @Allow('members.manage')
  @ApiOperation({ summary: 'Take an invitation back.' })
  @ApiOkResponse({ standardSchema: InvitationRevokedView })
  @ApiNotFoundResponse(platformError('There is no such open invitation.'))
  async revoke(@CurrentPrincipal() principal: Principal, @Param('invitationId', InvitationIdParam) id: Id<'inv'>) {
    await this.invitations.revoke(principal, id);
    return INVITATION_REVOKED;
  }

  @Post('leave')
  @Allow('memberships.manage')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Leave it: your keys here end, and your sign-ins go on in another organization of yours.',
    description: 'Who belongs to no other gets a new one of their own. What you made here stays.',
  })
  @ApiOkResponse({ standardSchema: LeftView })
  @ApiConflictResponse(platformError('You are the last owner.'))
  async leave(@CurrentPrincipal() principal: Principal) {
    return toLeftView(principal, await this.organizations.leave(principal, PLATFORM_ACCESS_SECONDS));
  }

  @Post('transfer')
  @Allow('organization.transfer')
  @HttpCode(200)
  @ApiOperation({ summary: 'Make another member an owner, and yourself an administrator; answers the new owner.' })
  @ApiOkResponse({ standardSchema: MemberView })
  @ApiNotFoundResponse(NO_MEMBER)
  @ApiConflictResponse(platformError('It is you.'))
  async transfer(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: OrganizationTransfer }) body: z.infer<typeof OrganizationTransfer>,
  ) {
    return toMemberView(await this.members.transfer(principal, body.userId));
  }
}
