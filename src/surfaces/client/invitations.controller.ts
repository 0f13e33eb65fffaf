import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiConflictResponse, ApiForbiddenResponse, ApiGoneResponse } from '@nestjs/swagger';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../core/identity/principal.js';
import { ReceivedInvitationsService } from '../../core/identity/received-invitations.service.js';
import { type Id, idSchema } from '../../platform/ids.js';
import { Allow, Public } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { InvitationDeclinedView, InvitationListView, InvitationPeekView } from './schemas/invitations.schemas.js';
import { InvitationToken, toInvitationListView, toInvitationPeekView } from './schemas/invitations.schemas.js';
import { OrganizationView, toOrganizationView } from './schemas/organizations.schemas.js';
import { problem } from './schemas/problem-responses.js';

const InvitationIdParam = { schema: idSchema('inv') };
const UNAUTHORIZED = problem('No access token, or one that is not valid any more.');
const NOT_FOUND = problem('There is no such invitation to your address.');
const CONFLICT = problem('You are a member already, or belong to too many organizations.');
const OVER = problem('It was answered, taken back, or is too old.');

@ApiTags('Invitations')
@Controller('api/v1/invitations')
export class InvitationsController {
  constructor(private readonly invitations: ReceivedInvitationsService) {}

  @Get()
  @Allow('memberships.manage')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'The invitations to your address, newest first.' })
  @ApiOkResponse({ standardSchema: InvitationListView })
  @ApiUnauthorizedResponse(UNAUTHORIZED)
  async list(@CurrentPrincipal() principal: Principal) {
    return toInvitationListView(await this.invitations.list(principal));
  }

  @Post('peek')
  @Public('whoever got the mail may see what it is about before they sign in')
  @HttpCode(200)
  @ApiOperation({ summary: 'What a link is about; changes nothing.' })
  @ApiOkResponse({ standardSchema: InvitationPeekView })
  @ApiGoneResponse(OVER)
  async peek(@Body({ schema: InvitationToken }) body: z.infer<typeof InvitationToken>) {
    return toInvitationPeekView(await this.invitations.peek(body.token));
  }

  @Post('accept')
  @Allow('memberships.manage')
  @HttpCode(200)
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Accept by the link of the mail; answers the organization, which you may switch to.' })
  @ApiOkResponse({ standardSchema: OrganizationView })
  @ApiUnauthorizedResponse(UNAUTHORIZED)
  @ApiForbiddenResponse(problem('It was sent to another address than yours, or the plan has no room.'))
  @ApiConflictResponse(CONFLICT)
  @ApiGoneResponse(OVER)
  async acceptByToken(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: InvitationToken }) body: z.infer<typeof InvitationToken>,
  ) {
    return toOrganizationView(principal)(await this.invitations.acceptByToken(principal, body.token));
  }

  @Post(':invitation_id/accept')
  @Allow('memberships.manage')
  @HttpCode(200)
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Accept one to your address; answers the organization, which you may switch to.' })
  @ApiOkResponse({ standardSchema: OrganizationView })
  @ApiUnauthorizedResponse(UNAUTHORIZED)
  @ApiForbiddenResponse(problem('The plan has no room.'))
  @ApiNotFoundResponse(NOT_FOUND)
  @ApiConflictResponse(CONFLICT)
  @ApiGoneResponse(OVER)
  async accept(@CurrentPrincipal() principal: Principal, @Param('invitation_id', InvitationIdParam) id: Id<'inv'>) {
    return toOrganizationView(principal)(await this.invitations.accept(principal, id));
  }

  @Post(':invitation_id/decline')
  @Allow('memberships.manage')
  @HttpCode(200)
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Decline one to your address.' })
  @ApiOkResponse({ standardSchema: InvitationDeclinedView })
  @ApiUnauthorizedResponse(UNAUTHORIZED)
  @ApiNotFoundResponse(NOT_FOUND)
  async decline(@CurrentPrincipal() principal: Principal, @Param('invitation_id', InvitationIdParam) id: Id<'inv'>) {
    await this.invitations.decline(principal, id);
    return { status: 'declined' };
  }
}
