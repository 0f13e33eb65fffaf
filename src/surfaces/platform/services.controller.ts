import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiConflictResponse, ApiForbiddenResponse } from '@nestjs/swagger';
import { ApiInternalServerErrorResponse, ApiNotFoundResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { CatalogueService } from '../../core/catalogue/catalogue.service.js';
import { ConfigurationService } from '../../core/catalogue/configuration.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { ToolsService } from '../../core/registry/tools.service.js';
import type { ServerId, ServiceId } from '../../platform/ids.js';
import { Allow } from '../pipeline/auth.guard.js';
import { ClientGone } from '../pipeline/client-gone.js';
import { Idempotent } from '../pipeline/idempotent-requests.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { platformError } from './schemas/platform-error.schemas.js';
import { ServiceConfiguration, ServiceConfiguredView, serviceId, ServiceListView } from './schemas/services.schemas.js';
import { ServicesQuery, ServiceToolsView, ServiceView, toServiceConfiguredView } from './schemas/services.schemas.js';
import { toServiceListView, toServiceToolsView, toServiceView } from './schemas/services.schemas.js';

const ServiceIdParam = { schema: serviceId };

@ApiTags('MCP services')
@ApiBearerAuth()
@ApiUnauthorizedResponse(platformError('No credential, or one that is not valid any more.'))
@ApiForbiddenResponse(platformError('Your role, the scopes of your key or your level on the server do not allow it.'))
@Controller('v1/mcp/services')
export class ServicesController {
  constructor(
    private readonly catalogue: CatalogueService,
    private readonly configuration: ConfigurationService,
    private readonly tools: ToolsService,
  ) {}

  @Get()
  @Allow('catalogue.read')
  @ApiOperation({ summary: 'The services of the catalogue, and your servers that came of none, by name.' })
  @ApiOkResponse({ standardSchema: ServiceListView })
  @ApiBadRequestResponse(platformError('filter, page or limit is not valid.'))
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: ServicesQuery }) { filter, page }: z.infer<typeof ServicesQuery>,
  ) {
    return toServiceListView(page, await this.catalogue.list(principal, filter, page));
  }

  @Get(':serviceId')
  @Allow('catalogue.read')
  @ApiOperation({ summary: 'One service, and what has to be entered to configure it.' })
  @ApiOkResponse({ standardSchema: ServiceView })
  @ApiNotFoundResponse(platformError('There is no such service.'))
  async get(@CurrentPrincipal() principal: Principal, @Param('serviceId', ServiceIdParam) id: ServiceId | ServerId) {
    return toServiceView(await this.catalogue.get(principal, id));
  }

  @Post(':serviceId/configure')
  @Allow('servers.create')
  @Idempotent()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Set it up for your organization, or change how it is set up.',
    description:
      'What is entered is kept, secrets encrypted, and tried at once. A secret that is left out stays. The tools that it offers then are approved by you; one that changes later is asked for.',
  })
  @ApiOkResponse({ standardSchema: ServiceConfiguredView })
  @ApiBadRequestResponse(
    platformError('A field is not valid, or the service refused what was saved (MCP_SERVICE_UNCONFIGURED).'),
  )
  @ApiNotFoundResponse(platformError('There is no such service.'))
  @ApiConflictResponse(platformError('It cannot be configured on this instance (SERVICE_UNAVAILABLE).'))
  @ApiInternalServerErrorResponse(platformError('It was saved, but the service does not answer (MCP_SERVICE_ERROR).'))
  async configure(
    @CurrentPrincipal() principal: Principal,
    @Param('serviceId', ServiceIdParam) id: ServiceId | ServerId,
    @Body({ schema: ServiceConfiguration }) body: z.infer<typeof ServiceConfiguration>,
    @ClientGone() signal: AbortSignal,
  ) {
    return toServiceConfiguredView(await this.configuration.configureOne(principal, id, body, { signal }));
  }

  @Get(':serviceId/tools')
  @Allow('catalogue.read')
  @ApiOperation({ summary: 'The tools that it offers to your organization, as last seen.' })
  @ApiOkResponse({ standardSchema: ServiceToolsView })
  @ApiBadRequestResponse(platformError('Nobody has configured it yet (MCP_SERVICE_UNCONFIGURED).'))
  @ApiNotFoundResponse(platformError('There is no such service.'))
  async listTools(
    @CurrentPrincipal() principal: Principal,
    @Param('serviceId', ServiceIdParam) id: ServiceId | ServerId,
  ) {
    const serverId = await this.catalogue.resolve(principal, id);
    return toServiceToolsView(await this.tools.describe(principal, serverId));
  }
}
