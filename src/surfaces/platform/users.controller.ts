import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiConflictResponse, ApiCreatedResponse } from '@nestjs/swagger';
import { ApiForbiddenResponse, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { ProfilesService } from '../../core/identity/profiles.service.js';
import { ApiKeysService } from '../../core/identity/api-keys.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { type Id, idSchema } from '../../platform/ids.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import {
  API_KEY_REVOKED,
  ApiKeyCreate,
  ApiKeyListView,
  ApiKeyMadeView,
  ApiKeyRevokedView,
  ApiKeyRotate,
  toApiKeyListView,
  toApiKeyMadeView,
} from './schemas/api-keys.schemas.js';
import { platformError } from './schemas/platform-error.schemas.js';
import { toUserProfileView, UserProfileView } from './schemas/users.schemas.js';

const KeyIdParam = { schema: idSchema('key') };
const NOT_FOUND = platformError('You have no such API key.');
const FORBIDDEN = platformError('A key cannot do this, or your role cannot give a key such a scope.');

@ApiTags('Users')
@ApiBearerAuth()
@ApiUnauthorizedResponse(platformError('No credential, or one that is not valid any more.'))
@Controller('v1/users/me')
export class UsersController {
  constructor(
    private readonly profiles: ProfilesService,
    private readonly keys: ApiKeysService,
  ) {}

  @Get()
  @Allow('profile.read')
  @ApiOperation({ summary: 'Who you are, and in which organization.' })
  @ApiOkResponse({ standardSchema: UserProfileView })
  async describe(@CurrentPrincipal() principal: Principal) {
    return toUserProfileView(await this.profiles.describe(principal));
  }

  @Get('api-keys')
  @Allow('keys.manage')
  @ApiOperation({ summary: 'Your API keys in all organizations, newest first; expired ones for a month.' })
  @ApiOkResponse({ standardSchema: ApiKeyListView })
  @ApiForbiddenResponse(FORBIDDEN)
  async list(@CurrentPrincipal() principal: Principal) {
    return toApiKeyListView(await this.keys.list(principal));
  }

  @Post('api-keys')
  @Allow('keys.manage')
  @ApiOperation({
    summary: 'Make a key for the organization where you are.',
    description: 'For `Authorization: ApiKey <key>`. The key is in this answer and nowhere else.',
  })
  @ApiCreatedResponse({ standardSchema: ApiKeyMadeView })
  @ApiBadRequestResponse(platformError('A field is not valid.'))
  @ApiForbiddenResponse(FORBIDDEN)
  @ApiConflictResponse(platformError('You have as many keys as one may have.'))
  async create(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: ApiKeyCreate }) body: z.infer<typeof ApiKeyCreate>,
  ) {
    return toApiKeyMadeView(await this.keys.create(principal, body));
  }

  @Post('api-keys/:keyId/rotate')
  @Allow('keys.manage')
  @ApiOperation({
    summary: 'Replace a key by a new one with the same name, scopes and end.',
    description: 'The old key ends at once, or after `overlapSeconds`.',
  })
  @ApiCreatedResponse({ standardSchema: ApiKeyMadeView })
  @ApiBadRequestResponse(platformError('A field is not valid.'))
  @ApiForbiddenResponse(FORBIDDEN)
  @ApiNotFoundResponse(NOT_FOUND)
  @ApiConflictResponse(platformError('The key has expired, or you have as many as one may have.'))
  async rotate(
    @CurrentPrincipal() principal: Principal,
    @Param('keyId', KeyIdParam) id: Id<'key'>,
    @Body({ schema: ApiKeyRotate }) body: z.infer<typeof ApiKeyRotate>,
  ) {
    return toApiKeyMadeView(await this.keys.rotate(principal, id, body));
  }

  @Delete('api-keys/:keyId')
  @Allow('keys.manage')
  @ApiOperation({ summary: 'End a key at once, with the sockets that it opened.' })
  @ApiOkResponse({ standardSchema: ApiKeyRevokedView })
  @ApiForbiddenResponse(FORBIDDEN)
  @ApiNotFoundResponse(NOT_FOUND)
  async revoke(@CurrentPrincipal() principal: Principal, @Param('keyId', KeyIdParam) id: Id<'key'>) {
    await this.keys.revoke(principal, id);
    return API_KEY_REVOKED;
  }
}
