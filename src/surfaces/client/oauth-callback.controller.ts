import { Controller, Get, Redirect, Req } from '@nestjs/common';
import { ApiFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { ServerSignIns } from '../../core/registry/server-sign-ins.service.js';
import { OurClientId } from '../../core/upstream-accounts/our-client.js';
import { Public } from '../pipeline/auth.guard.js';
import { ClientDocumentView } from './schemas/server-accounts.schemas.js';
import { SignInBrowser } from './sign-in-cookie.js';

@ApiTags('Servers')
@Controller('api/v1/oauth')
export class OAuthCallbackController {
  constructor(
    private readonly signIns: ServerSignIns,
    private readonly client: OurClientId,
  ) {}

  @Get('callback')
  @Public('the cookie and the state show that this browser began; a page of another site sends it here')
  @Redirect()
  @ApiOperation({ summary: 'Where authorization servers send browsers back to; leads to the page of the server.' })
  @ApiFoundResponse({ description: 'To the web client, with `account=connected`, or `account=failed` and a code.' })
  async callback(@Req() request: FastifyRequest, @SignInBrowser('known') browser: string) {
    const parameters = new URLSearchParams(request.url.split('?').slice(1).join('?'));
    return { url: await this.signIns.comeBack({ parameters, browser }), statusCode: 302 };
  }

  @Get('client.json')
  @Public('authorization servers read who we are')
  @ApiOperation({ summary: 'Our client metadata document; a client id where PUBLIC_URL begins with https://.' })
  @ApiOkResponse({ standardSchema: ClientDocumentView })
  document() {
    return this.client.document();
  }
}
