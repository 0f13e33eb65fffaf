import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiConflictResponse, ApiCreatedResponse } from '@nestjs/swagger';
import { ApiForbiddenResponse, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../core/identity/principal.js';
import { ListedPackagesService } from '../../core/registry/listed-packages.service.js';
import { type Id, idSchema } from '../../platform/ids.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { ListedPackageView, PackageCreate, PackageListView } from './schemas/catalogue.schemas.js';
import { toPackageListView, toPackageView } from './schemas/catalogue.schemas.js';
import { problem } from './schemas/problem-responses.js';
import { ServerDeletedView } from './schemas/server-views.js';

/** In a controller of its own, and before the catalogue's: `packages` is no service. */
@ApiTags('Catalogue')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@ApiForbiddenResponse(problem('Only administrators of the instance.'))
@Controller('api/v1/catalogue/packages')
export class ListedPackagesController {
  constructor(private readonly packages: ListedPackagesService) {}

  @Get()
  @Allow('instance.manage')
  @ApiOperation({ summary: 'The npm packages that this instance runs, each in exact versions.' })
  @ApiOkResponse({ standardSchema: PackageListView })
  async list(@CurrentPrincipal() principal: Principal) {
    return toPackageListView(await this.packages.list(principal));
  }

  @Post()
  @Allow('instance.manage')
  @ApiOperation({
    summary: 'Install a package and let it be run.',
    description:
      'Its scripts are not run at the installation. It runs with the rights of this process: list what you trust.',
  })
  @ApiCreatedResponse({ standardSchema: ListedPackageView })
  @ApiBadRequestResponse(problem('Not the name of a package, or not an exact version.'))
  @ApiConflictResponse(problem('It cannot be installed (PACKAGE_NOT_INSTALLED), or packages are off.'))
  async add(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: PackageCreate }) body: z.infer<typeof PackageCreate>,
  ) {
    return toPackageView(await this.packages.add(principal, body));
  }

  @Delete(':package_id')
  @Allow('instance.manage')
  @ApiOperation({ summary: 'Let it not be run any more: its servers stop.' })
  @ApiOkResponse({ standardSchema: ServerDeletedView })
  @ApiNotFoundResponse(problem('There is no such listed package.'))
  async remove(
    @CurrentPrincipal() principal: Principal,
    @Param('package_id', { schema: idSchema('pkg') }) id: Id<'pkg'>,
  ) {
    await this.packages.remove(principal, id);
    return { status: 'deleted' };
  }
}
