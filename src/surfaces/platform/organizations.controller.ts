import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiConflictResponse, ApiCreatedResponse } from '@nestjs/swagger';
import { ApiForbiddenResponse, ApiGoneResponse, ApiNotFoundResponse, ApiOkResponse } from '@nestjs/swagger';
import { ApiOperation, ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { OrganizationsService } from '../../core/identity/organizations.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { ReceivedInvitationsService } from '../../core/identity/received-invitations.service.js';
import { idSchema, type OrganizationId } from '../../platform/ids.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { PLATFORM_ACCESS_SECONDS } from './access-seconds.js';
import { InvitationAccept } from './schemas/invitations.schemas.js';
import { OrganizationCreate, OrganizationListView, OrganizationView } from './schemas/organizations.schemas.js';
import { SwitchedView, toOrganizationListView } from './schemas/organizations.schemas.js';
import { toOrganizationView, toSwitchedView } from './schemas/organizations.schemas.js';
import { platformError } from './schemas/platform-error.schemas.js';

@ApiTags('Organizations')
@ApiBearerAuth()
@ApiUnauthorizedResponse(platformError('No credential, or one that is not valid any more.'))
@ApiForbiddenResponse(platformError('A key cannot do this.'))
@Allow('memberships.manage')
@Controller('v1')
export class OrganizationsController {
  constructor(
    private readonly organizations: OrganizationsService,
    private readonly invitations: ReceivedInvitationsService,
  ) {}

  @Get('organizations')
  @ApiOperation({ summary: 'The organizations that you belong to, the first joined first.' })
  @ApiOkResponse({ standardSchema: OrganizationListView })
  async list(@CurrentPrincipal() principal: Principal) {
    return toOrganizationListView(principal, await this.organizations.list(principal));
  }

  @Post('organizations')
  @ApiOperation({ summary: 'Make another organization, with you as its owner.' })
  @ApiCreatedResponse({ standardSchema: OrganizationView })
  @ApiBadRequestResponse(platformError('The name is not valid.'))
  @ApiConflictResponse(platformError('You belong to too many.'))
  async create(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: OrganizationCreate }) body: z.infer<typeof OrganizationCreate>,
  ) {
    return toOrganizationView(principal, await this.organizations.create(principal, body.name));
  }

  @Post('organizations/:organizationId/switch')
  @HttpCode(200)
  @ApiOperation({ summary: 'Move your sign-in to another of your organizations.' })
  @ApiOkResponse({ standardSchema: SwitchedView })
  @ApiNotFoundResponse(platformError('You belong to no such organization.'))
  async switch(
    @CurrentPrincipal() principal: Principal,
    @Param('organizationId', { schema: idSchema('org') }) id: OrganizationId,
  ) {
    return toSwitchedView(principal, await this.organizations.switch(principal, id, PLATFORM_ACCESS_SECONDS));
  }

  @Post('invitations/accept')
  @HttpCode(200)
  @ApiOperation({ summary: 'Join an organization by the link of its mail.' })
  @ApiOkResponse({ standardSchema: OrganizationView })
  @ApiForbiddenResponse(platformError('It was sent to another address than yours, or the plan has no room.'))
  @ApiConflictResponse(platformError('You are a member already, or belong to too many.'))
  @ApiGoneResponse(platformError('It was answered, taken back, or is too old.'))
  async accept(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: InvitationAccept }) body: z.infer<typeof InvitationAccept>,
  ) {
    return toOrganizationView(principal, await this.invitations.acceptByToken(principal, body.token));
  }
}
