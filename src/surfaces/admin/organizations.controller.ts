import { Body, Controller, Get, Param, Patch, Query } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiForbiddenResponse, ApiNotFoundResponse } from '@nestjs/swagger';
import { ApiOkResponse, ApiOperation, ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { InstanceOrganizationsService } from '../../core/identity/instance-organizations.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { idSchema, type OrganizationId } from '../../platform/ids.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { OrganizationListView, OrganizationUpdate, OrganizationView } from './schemas/organizations.schemas.js';
import { toOrganizationListView, toOrganizationView } from './schemas/organizations.schemas.js';
import { PaginationQuery } from './schemas/pagination.js';
import { problem } from './schemas/problem.schemas.js';

@ApiTags('Organizations')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@ApiForbiddenResponse(problem('You are no administrator of the instance.'))
@Allow('instance.manage')
@Controller('api/organizations')
export class OrganizationsController {
  constructor(private readonly organizations: InstanceOrganizationsService) {}

  @Get()
  @ApiOperation({ summary: 'All organizations of the instance, the oldest first.' })
  @ApiOkResponse({ standardSchema: OrganizationListView })
  @ApiBadRequestResponse(problem('page or page_size is not valid.'))
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: PaginationQuery }) page: z.infer<typeof PaginationQuery>,
  ) {
    return toOrganizationListView(page, await this.organizations.list(principal, page));
  }

  @Patch(':organization_id')
  @ApiOperation({
    summary: 'Give it another plan.',
    description: 'It counts within seconds. What is beyond the plan stays; only more of it is refused.',
  })
  @ApiOkResponse({ standardSchema: OrganizationView })
  @ApiBadRequestResponse(problem('There is no such plan.'))
  @ApiNotFoundResponse(problem('There is no such organization.'))
  async setPlan(
    @CurrentPrincipal() principal: Principal,
    @Param('organization_id', { schema: idSchema('org') }) id: OrganizationId,
    @Body({ schema: OrganizationUpdate }) body: z.infer<typeof OrganizationUpdate>,
  ) {
    return toOrganizationView(await this.organizations.setPlan(principal, id, body.plan));
  }
}
