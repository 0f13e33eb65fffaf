import { Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiConflictResponse, ApiForbiddenResponse, ApiNotFoundResponse } from '@nestjs/swagger';
import {
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  ApiUnauthorizedResponse,
  ApiUnprocessableEntityResponse,
} from '@nestjs/swagger';
import type { Principal } from '../../core/identity/principal.js';
import { ServerSignIns } from '../../core/registry/server-sign-ins.service.js';
import { idSchema, type ServerId } from '../../platform/ids.js';
import { Allow } from '../pipeline/auth.guard.js';
import { ClientGone } from '../pipeline/client-gone.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { problem } from './schemas/problem-responses.js';
import {
  ServerAccountGoneView,
  ServerAccountView,
  SignInBegunView,
  toServerAccountView,
  toSignInBegunView,
} from './schemas/server-accounts.schemas.js';
import { SignInBrowser } from './sign-in-cookie.js';

const ServerIdParam = { schema: idSchema('mcp') };
const NO_SIGN_IN = problem('Nobody signs in to this server (SERVER_HAS_NO_SIGN_IN).');

@ApiTags('Servers')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@ApiNotFoundResponse(problem('There is no such server in your organization, or you may not see it.'))
@Controller('api/v1/servers/:server_id/oauth')
export class ServerAccountsController {
  constructor(private readonly signIns: ServerSignIns) {}

  @Get()
  @Allow('servers.read')
  @ApiOperation({ summary: 'Your account at a server with auth_method oauth, or the one of all.' })
  @ApiOkResponse({ standardSchema: ServerAccountView })
  @ApiConflictResponse(NO_SIGN_IN)
  async get(@CurrentPrincipal() principal: Principal, @Param('server_id', ServerIdParam) id: ServerId) {
    return toServerAccountView(await this.signIns.describe(principal, id));
  }

  @Post('connect')
  @Allow('servers.change')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Begin to sign in to the server.',
    description:
      'A person opens `authorization_url` in the same browser within ten minutes; it then comes back to the page of the server. ' +
      'A shared account is connected by who manages the server, one of your own by you.',
  })
  @ApiOkResponse({ standardSchema: SignInBegunView })
  @ApiForbiddenResponse(problem('You see this server, but may not do this with it (SERVER_ACCESS_TOO_LOW).'))
  @ApiConflictResponse(NO_SIGN_IN)
  @ApiUnprocessableEntityResponse(problem('Nobody can sign in there as it is now; `detail` says what to do about it.'))
  async connect(
    @CurrentPrincipal() principal: Principal,
    @Param('server_id', ServerIdParam) id: ServerId,
    @SignInBrowser('made known') browser: string,
    @ClientGone() signal: AbortSignal,
  ) {
    return toSignInBegunView(await this.signIns.connect(principal, id, { browser, signal }));
  }

  @Delete()
  @Allow('servers.change')
  @ApiOperation({ summary: 'Sign out of the server; its tokens are revoked where that is possible, and forgotten.' })
  @ApiOkResponse({ standardSchema: ServerAccountGoneView })
  @ApiForbiddenResponse(problem('You see this server, but may not do this with it (SERVER_ACCESS_TOO_LOW).'))
  @ApiConflictResponse(NO_SIGN_IN)
  async disconnect(@CurrentPrincipal() principal: Principal, @Param('server_id', ServerIdParam) id: ServerId) {
    await this.signIns.disconnect(principal, id);
    return { status: 'disconnected' as const };
  }
}
