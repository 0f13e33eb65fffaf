import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiConflictResponse, ApiForbiddenResponse } from '@nestjs/swagger';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiPayloadTooLargeResponse } from '@nestjs/swagger';
import { ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { ServerExportsService } from '../../core/catalogue/server-exports.service.js';
import { ServerFile } from '../../core/catalogue/server-file.js';
import { ServerImportsService } from '../../core/catalogue/server-imports.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { idSchema, type ServerId } from '../../platform/ids.js';
import { Allow, Public } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { ImportQuery, ImportReportView, PublicKeyView } from './schemas/export.schemas.js';
import { toImportReportView, toPublicKeyView } from './schemas/export.schemas.js';
import { problem } from './schemas/problem.schemas.js';

@ApiTags('Export')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@ApiForbiddenResponse(problem('This needs the role admin; an import needs a person, too.'))
@Controller('api/export')
export class ExportController {
  constructor(
    private readonly exports: ServerExportsService,
    private readonly imports: ServerImportsService,
  ) {}

  @Get('servers')
  @Allow('servers.export')
  @ApiOperation({
    summary: 'All servers and tools of your organization as a signed file.',
    description: 'The same for the same servers. No secret, no id, no time, nobody’s name.',
  })
  @ApiOkResponse({ standardSchema: ServerFile })
  async exportAll(@CurrentPrincipal() principal: Principal) {
    return this.exports.exportAll(principal);
  }

  @Get('servers/:id')
  @Allow('servers.export')
  @ApiOperation({ summary: 'One server and its tools as a signed file.' })
  @ApiOkResponse({ standardSchema: ServerFile })
  @ApiNotFoundResponse(problem('There is no such server in your organization.'))
  @ApiConflictResponse(problem('It is the demo server, or a package (SERVER_NOT_EXPORTED).'))
  async exportOne(@CurrentPrincipal() principal: Principal, @Param('id', { schema: idSchema('mcp') }) id: ServerId) {
    return this.exports.exportOne(principal, id);
  }

  @Get('public-key')
  @Public('whoever was given a file verifies it, and a public key is no secret')
  @ApiOperation({ summary: 'The key by which files of this instance are verified.' })
  @ApiOkResponse({ standardSchema: PublicKeyView })
  async publicKey() {
    return toPublicKeyView(await this.exports.publicKey());
  }

  @Post('import')
  @Allow('servers.import')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Import servers and tools from such a file: all of it, or nothing.',
    description:
      'With `dry_run=true` it says what would change. Credentials are entered afterwards; definitions of tools are approved by nobody.',
  })
  @ApiOkResponse({ standardSchema: ImportReportView })
  @ApiBadRequestResponse(problem('It is no such file, was changed since it was signed, or names a forbidden address.'))
  @ApiConflictResponse(problem('A server came meanwhile under a name of the file.'))
  @ApiPayloadTooLargeResponse(problem('The file is larger than 5 MiB.'))
  async import(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: ServerFile }) file: z.infer<typeof ServerFile>,
    @Query({ schema: ImportQuery }) options: z.infer<typeof ImportQuery>,
  ) {
    return toImportReportView(await this.imports.import(principal, file, options));
  }
}
