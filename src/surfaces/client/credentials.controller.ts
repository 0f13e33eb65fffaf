import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiForbiddenResponse, ApiNotFoundResponse } from '@nestjs/swagger';
import { ApiOkResponse, ApiOperation, ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { CredentialsService } from '../../core/identity/credentials.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { ConsentsService } from '../../core/oauth/consents.service.js';
import { isId } from '../../platform/ids.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import {
  AllRevokedView,
  credentialIdSchema,
  CredentialListView,
  RevokeAll,
  REVOKED,
  RevokedView,
  toCredentialListView,
} from './schemas/credentials.schemas.js';
import { problem } from './schemas/problem-responses.js';

@ApiTags('User')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@ApiForbiddenResponse(problem('A key cannot do this: it takes a person who has signed in.'))
@Allow('credentials.manage')
@Controller('api/v1/user/credentials')
export class CredentialsController {
  constructor(
    private readonly credentials: CredentialsService,
    private readonly consents: ConsentsService,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'All by which you are let in: sign-ins and API keys, in all organizations, last used first.',
  })
  @ApiOkResponse({ standardSchema: CredentialListView })
  async list(@CurrentPrincipal() principal: Principal) {
    return toCredentialListView(await this.credentials.list(principal));
  }

  @Post('revoke-all')
  @HttpCode(200)
  @ApiOperation({ summary: 'End all but the sign-in that asks; API keys too, unless told otherwise.' })
  @ApiOkResponse({ standardSchema: AllRevokedView })
  @ApiBadRequestResponse(problem('A field is not valid.'))
  async revokeAll(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: RevokeAll }) body: z.infer<typeof RevokeAll>,
  ) {
    // First: whoever is cut off in between is asked once too often.
    if (body.includeKeys) await this.consents.forgetAll(principal);
    return { revoked: await this.credentials.revokeAll(principal, body) };
  }

  @Delete(':credential_id')
  @ApiOperation({ summary: 'End one at once, with the sockets that it opened.' })
  @ApiOkResponse({ standardSchema: RevokedView })
  @ApiNotFoundResponse(problem('You have no such sign-in or API key.'))
  async revoke(
    @CurrentPrincipal() principal: Principal,
    @Param('credential_id', { schema: credentialIdSchema }) id: string,
  ) {
    if (isId('grt', id)) await this.consents.disconnect(principal, id);
    else await this.credentials.revoke(principal, id);
    return REVOKED;
  }
}
