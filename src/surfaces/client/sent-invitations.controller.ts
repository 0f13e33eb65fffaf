import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiConflictResponse, ApiCreatedResponse } from '@nestjs/swagger';
import { ApiForbiddenResponse, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiTooManyRequestsResponse, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { InvitationsService } from '../../core/identity/invitations.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { type Id, idSchema } from '../../platform/ids.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { InvitationCreate, InvitationRevokedView, SentInvitationListView } from './schemas/invitations.schemas.js';
import { SentInvitationView, toSentInvitationListView, toSentInvitationView } from './schemas/invitations.schemas.js';
import { problem } from './schemas/problem-responses.js';

const InvitationIdParam = { schema: idSchema('inv') };
const NOT_FOUND = problem('There is no such open invitation of your organization.');

@ApiTags('Organization')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@ApiForbiddenResponse(problem('Your role is below admin or the role to give, or the plan has no room.'))
@Controller('api/v1/organization/invitations')
export class SentInvitationsController {
  constructor(private readonly invitations: InvitationsService) {}

  @Get()
  @Allow('members.read')
  @ApiOperation({ summary: 'The open invitations to your organization, expired ones too, newest first.' })
  @ApiOkResponse({ standardSchema: SentInvitationListView })
  async list(@CurrentPrincipal() principal: Principal) {
    return toSentInvitationListView(await this.invitations.list(principal));
  }

  @Post()
  @Allow('members.manage')
  @ApiOperation({
    summary: 'Invite somebody by mail. The link works for seven days.',
    description:
      'Whoever signs in with the address may accept. A new invitation to an address replaces the one before.',
  })
  @ApiCreatedResponse({ standardSchema: SentInvitationView })
  @ApiBadRequestResponse(problem('The address is malformed, or there is no such role.'))
  @ApiConflictResponse(problem('They are a member already, or too many invitations are open.'))
  @ApiTooManyRequestsResponse(problem('Cooling down; Retry-After says how long.'))
  async invite(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: InvitationCreate }) body: z.infer<typeof InvitationCreate>,
  ) {
    return toSentInvitationView(await this.invitations.invite(principal, body));
  }

  @Post(':invitation_id/resend')
  @Allow('members.manage')
  @HttpCode(200)
  @ApiOperation({ summary: 'Mail it once more, with a new link; the one before works no more.' })
  @ApiOkResponse({ standardSchema: SentInvitationView })
  @ApiNotFoundResponse(NOT_FOUND)
  @ApiTooManyRequestsResponse(problem('Cooling down; Retry-After says how long.'))
  async resend(@CurrentPrincipal() principal: Principal, @Param('invitation_id', InvitationIdParam) id: Id<'inv'>) {
    return toSentInvitationView(await this.invitations.resend(principal, id));
  }

  @Delete(':invitation_id')
  @Allow('members.manage')
  @ApiOperation({ summary: 'Take it back.' })
  @ApiOkResponse({ standardSchema: InvitationRevokedView })
  @ApiNotFoundResponse(NOT_FOUND)
  async revoke(@CurrentPrincipal() principal: Principal, @Param('invitation_id', InvitationIdParam) id: Id<'inv'>) {
    await this.invitations.revoke(principal, id);
    return { status: 'revoked' };
  }
}
