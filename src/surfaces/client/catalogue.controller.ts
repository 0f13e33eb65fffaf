import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiConflictResponse, ApiCreatedResponse } from '@nestjs/swagger';
import { ApiForbiddenResponse, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { CatalogueEditingService } from '../../core/catalogue/catalogue-editing.service.js';
import { CatalogueService } from '../../core/catalogue/catalogue.service.js';
import { ConfigurationService } from '../../core/catalogue/configuration.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { idSchema, type ServerId, type ServiceId } from '../../platform/ids.js';
import { Allow } from '../pipeline/auth.guard.js';
import { ClientGone } from '../pipeline/client-gone.js';
import { Idempotent } from '../pipeline/idempotent-requests.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { CatalogueImport, CatalogueQuery, CatalogueView, ImportedView } from './schemas/catalogue.schemas.js';
import { ServiceConfigure, ServiceConfiguredView, ServiceCreate } from './schemas/catalogue.schemas.js';
import { ServiceDetailsView, serviceId, ServiceUpdate, toCatalogueView } from './schemas/catalogue.schemas.js';
import { toImportedView, toServiceConfiguredView, toServiceDetailsView } from './schemas/catalogue.schemas.js';
import { problem } from './schemas/problem-responses.js';
import { ServerDeletedView } from './schemas/server-views.js';

const ServiceIdParam = { schema: serviceId };
const EntryIdParam = { schema: idSchema('svc') };
const NOT_FOUND = problem('There is no such service.');
const INSTANCE = 'For administrators of the instance.';

@ApiTags('Catalogue')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@ApiForbiddenResponse(problem('Your role or your level on the server does not allow it, or the plan has no room.'))
@Controller('api/v1/catalogue')
export class CatalogueController {
  constructor(
    private readonly catalogue: CatalogueService,
    private readonly configuration: ConfigurationService,
    private readonly editing: CatalogueEditingService,
  ) {}

  @Get()
  @Allow('catalogue.read')
  @ApiOperation({ summary: 'What may become a server, and your servers that came of no entry; 50 a page, by title.' })
  @ApiOkResponse({ standardSchema: CatalogueView })
  @ApiBadRequestResponse(problem('A query parameter is not valid, or not known.'))
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: CatalogueQuery }) { filter, page }: z.infer<typeof CatalogueQuery>,
  ) {
    return toCatalogueView(await this.catalogue.list(principal, filter, page));
  }

  @Post()
  @Allow('instance.manage')
  @ApiOperation({ summary: 'Add an entry.', description: INSTANCE })
  @ApiCreatedResponse({ standardSchema: ServiceDetailsView })
  @ApiBadRequestResponse(problem('It is no server.json that can be used (SERVER_JSON_INVALID).'))
  @ApiConflictResponse(problem('There is an entry of this name.'))
  async add(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: ServiceCreate }) { serverJson }: z.infer<typeof ServiceCreate>,
  ) {
    return toServiceDetailsView(await this.editing.add(principal, serverJson));
  }

  @Post('import')
  @Allow('instance.manage')
  @ApiOperation({
    summary: 'Add or replace entries from a document: one server.json, or the list of a registry.',
    description: `${INSTANCE} At a URL it is read once, as far as this instance may reach it; 200 entries at most.`,
  })
  @ApiCreatedResponse({ standardSchema: ImportedView })
  @ApiBadRequestResponse(problem('The URL is refused (EGRESS_REFUSED), or nothing can be made of it (IMPORT_FAILED).'))
  async import(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: CatalogueImport }) body: z.infer<typeof CatalogueImport>,
    @ClientGone() signal: AbortSignal,
  ) {
    return toImportedView(await this.editing.import(principal, body, { signal }));
  }

  @Get(':service_id')
  @Allow('catalogue.read')
  @ApiOperation({ summary: 'One service, and what has to be entered to configure it.' })
  @ApiOkResponse({ standardSchema: ServiceDetailsView })
  @ApiNotFoundResponse(NOT_FOUND)
  async get(@CurrentPrincipal() principal: Principal, @Param('service_id', ServiceIdParam) id: ServiceId | ServerId) {
    return toServiceDetailsView(await this.catalogue.get(principal, id));
  }

  @Post(':service_id/configure')
  @Allow('servers.create')
  @Idempotent()
  @ApiOperation({
    summary: 'Make a server of it, or change one, and try it.',
    description:
      'It is kept even if the test fails; `report` says what is wrong. A secret that is left out stays, as long as it goes to the same place. The tools that it offers are approved by you.',
  })
  @ApiCreatedResponse({ standardSchema: ServiceConfiguredView })
  @ApiBadRequestResponse(problem('A field is not valid; `errors` name them.'))
  @ApiNotFoundResponse(NOT_FOUND)
  @ApiConflictResponse(problem('It cannot be configured here (SERVICE_UNAVAILABLE), or the name is taken.'))
  async configure(
    @CurrentPrincipal() principal: Principal,
    @Param('service_id', ServiceIdParam) id: ServiceId | ServerId,
    @Body({ schema: ServiceConfigure }) body: z.infer<typeof ServiceConfigure>,
    @ClientGone() signal: AbortSignal,
  ) {
    return toServiceConfiguredView(await this.configuration.configure(principal, id, body, { signal }));
  }

  @Patch(':service_id')
  @Allow('instance.manage')
  @ApiOperation({ summary: 'Take an entry out or in again, or replace its server.json.', description: INSTANCE })
  @ApiOkResponse({ standardSchema: ServiceDetailsView })
  @ApiBadRequestResponse(problem('It is no server.json that can be used (SERVER_JSON_INVALID).'))
  @ApiNotFoundResponse(NOT_FOUND)
  @ApiConflictResponse(problem('The document has another name.'))
  async change(
    @CurrentPrincipal() principal: Principal,
    @Param('service_id', EntryIdParam) id: ServiceId,
    @Body({ schema: ServiceUpdate }) body: z.infer<typeof ServiceUpdate>,
  ) {
    return toServiceDetailsView(await this.editing.change(principal, id, body));
  }

  @Delete(':service_id')
  @Allow('instance.manage')
  @ApiOperation({ summary: 'Remove an entry. Servers that were made of it stay.', description: INSTANCE })
  @ApiOkResponse({ standardSchema: ServerDeletedView })
  @ApiNotFoundResponse(NOT_FOUND)
  async remove(@CurrentPrincipal() principal: Principal, @Param('service_id', EntryIdParam) id: ServiceId) {
    await this.editing.remove(principal, id);
    return { status: 'deleted' };
  }
}
