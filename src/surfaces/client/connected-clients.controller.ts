import { Controller, Delete, Get, Param } from '@nestjs/common';
import { ApiBearerAuth, ApiForbiddenResponse, ApiNotFoundResponse, ApiOkResponse } from '@nestjs/swagger';
import { ApiOperation, ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { GrantId } from '../../core/identity/client-grant.js';
import { ClientGrantsService } from '../../core/identity/client-grants.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { ConsentsService } from '../../core/oauth/consents.service.js';
import { idSchema } from '../../platform/ids.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { ConnectedClientListView, toConnectedClientListView } from './schemas/connected-clients.schemas.js';
import { REVOKED, RevokedView } from './schemas/credentials.schemas.js';
import { problem } from './schemas/problem-responses.js';

@ApiTags('User')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@ApiForbiddenResponse(problem('A program cannot do this: it takes a person who has signed in.'))
@Allow('clients.manage')
@Controller('api/v1/connected-clients')
export class ConnectedClientsController {
  constructor(
    private readonly grants: ClientGrantsService,
    private readonly consents: ConsentsService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Programs that you let in by OAuth, in all organizations, newest first.' })
  @ApiOkResponse({ standardSchema: ConnectedClientListView })
  async list(@CurrentPrincipal() principal: Principal) {
    return toConnectedClientListView(await this.grants.list(principal));
  }

  @Delete(':grant_id')
  @ApiOperation({ summary: 'End one at once, access tokens included; it has to ask you again.' })
  @ApiOkResponse({ standardSchema: RevokedView })
  @ApiNotFoundResponse(problem('No such client is connected to your account.'))
  async revoke(@CurrentPrincipal() principal: Principal, @Param('grant_id', { schema: idSchema('grt') }) id: GrantId) {
    await this.consents.disconnect(principal, id);
    return REVOKED;
  }
}
