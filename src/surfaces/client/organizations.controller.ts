import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiConflictResponse, ApiCreatedResponse } from '@nestjs/swagger';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { OrganizationsService } from '../../core/identity/organizations.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { idSchema, type OrganizationId } from '../../platform/ids.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { OrganizationCreate, OrganizationListView, OrganizationView } from './schemas/organizations.schemas.js';
import { SwitchedView, toOrganizationListView } from './schemas/organizations.schemas.js';
import { toOrganizationView, toSwitchedView } from './schemas/organizations.schemas.js';
import { problem } from './schemas/problem-responses.js';

@ApiTags('Organizations')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@Allow('memberships.manage')
@Controller('api/v1/organizations')
export class OrganizationsController {
  constructor(private readonly organizations: OrganizationsService) {}

  @Get()
  @ApiOperation({ summary: 'The organizations that you belong to, the first joined first.' })
  @ApiOkResponse({ standardSchema: OrganizationListView })
  async list(@CurrentPrincipal() principal: Principal) {
    return toOrganizationListView(principal, await this.organizations.list(principal));
  }

  @Post()
  @ApiOperation({ summary: 'Make another organization, with you as its owner.' })
  @ApiCreatedResponse({ standardSchema: OrganizationView })
  @ApiBadRequestResponse(problem('The name is not valid.'))
  @ApiConflictResponse(problem('You belong to too many.'))
  async create(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: OrganizationCreate }) body: z.infer<typeof OrganizationCreate>,
  ) {
    return toOrganizationView(principal)(await this.organizations.create(principal, body.name));
  }

  @Post(':organization_id/switch')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Move your sign-in to another of your organizations.',
    description: 'Access tokens from before end, and sockets that were opened with them; the refresh token stays.',
  })
  @ApiOkResponse({ standardSchema: SwitchedView })
  @ApiNotFoundResponse(problem('You belong to no such organization.'))
  async switch(
    @CurrentPrincipal() principal: Principal,
    @Param('organization_id', { schema: idSchema('org') }) id: OrganizationId,
  ) {
    return toSwitchedView(principal, await this.organizations.switch(principal, id));
  }
}
