import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiConflictResponse, ApiCreatedResponse } from '@nestjs/swagger';
import { ApiForbiddenResponse, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { ApiKeysService } from '../../core/identity/api-keys.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { type Id, idSchema } from '../../platform/ids.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import {
  ApiKeyCreate,
  ApiKeyListView,
  ApiKeyMadeView,
  ApiKeyRotate,
  toApiKeyListView,
  toApiKeyMadeView,
} from './schemas/api-keys.schemas.js';
import { REVOKED, RevokedView } from './schemas/credentials.schemas.js';
import { problem } from './schemas/problem-responses.js';

const KeyIdParam = { schema: idSchema('key') };
const NOT_FOUND = problem('You have no such API key.');

@ApiTags('User')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@ApiForbiddenResponse(problem('A key cannot do this, or your role cannot give a key such a scope.'))
@Allow('keys.manage')
@Controller('api/v1/user/api-keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Get()
  @ApiOperation({ summary: 'Your API keys in all organizations, newest first; expired ones for a month.' })
  @ApiOkResponse({ standardSchema: ApiKeyListView })
  async list(@CurrentPrincipal() principal: Principal) {
    return toApiKeyListView(await this.keys.list(principal));
  }

  @Post()
  @ApiOperation({
    summary: 'Make a key for the organization where you are.',
    description: 'For `Authorization: Bearer <key>`. The key is in this answer and nowhere else.',
  })
  @ApiCreatedResponse({ standardSchema: ApiKeyMadeView })
  @ApiBadRequestResponse(problem('A field is not valid.'))
  @ApiConflictResponse(problem('You have as many keys as one may have.'))
  async create(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: ApiKeyCreate }) body: z.infer<typeof ApiKeyCreate>,
  ) {
    return toApiKeyMadeView(await this.keys.create(principal, body));
  }

  @Post(':key_id/rotate')
  @ApiOperation({
    summary: 'Replace a key by a new one with the same name, scopes and end.',
    description: 'The old key ends at once, or after `overlap_seconds`.',
  })
  @ApiCreatedResponse({ standardSchema: ApiKeyMadeView })
  @ApiBadRequestResponse(problem('A field is not valid.'))
  @ApiNotFoundResponse(NOT_FOUND)
  @ApiConflictResponse(problem('The key has expired, or you have as many as one may have.'))
  async rotate(
    @CurrentPrincipal() principal: Principal,
    @Param('key_id', KeyIdParam) id: Id<'key'>,
    @Body({ schema: ApiKeyRotate }) body: z.infer<typeof ApiKeyRotate>,
  ) {
    return toApiKeyMadeView(await this.keys.rotate(principal, id, body));
  }

  @Delete(':key_id')
  @ApiOperation({ summary: 'End a key at once, with the sockets that it opened.' })
  @ApiOkResponse({ standardSchema: RevokedView })
  @ApiNotFoundResponse(NOT_FOUND)
  async revoke(@CurrentPrincipal() principal: Principal, @Param('key_id', KeyIdParam) id: Id<'key'>) {
    await this.keys.revoke(principal, id);
    return REVOKED;
  }
}
