import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { RouteConstraints } from '@nestjs/platform-fastify';
import { ApiBadRequestResponse, ApiGoneResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ApiForbiddenResponse,
  ApiSecurity,
  ApiTooManyRequestsResponse,
  ApiUnauthorizedResponse,
} from '@nestjs/swagger';
import type { z } from 'zod';
import { BrowserSessionsService } from '../../core/identity/browser-sessions.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { ProfilesService } from '../../core/identity/profiles.service.js';
import { SignInService } from '../../core/identity/sign-in.service.js';
import { SignInsService } from '../../core/identity/sign-ins.service.js';
import { Allow, Public } from '../pipeline/auth.guard.js';
import { Caller, type CallerInfo } from '../pipeline/caller.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { AnswerCookie, BY_COOKIE_ALONE, type SessionCookie } from '../pipeline/session-cookie.js';
import { MagicLinkRequest, MagicLinkVerify, MeView, OkView, toMeView } from './schemas/auth.schemas.js';
import { refusal } from './schemas/error.schemas.js';

const FOREIGN = refusal('A page of another site made the browser send it.');

@ApiTags('Auth')
@Controller('v1/auth')
export class BuilderAuthController {
  constructor(
    private readonly signIn: SignInService,
    private readonly signIns: SignInsService,
    private readonly sessions: BrowserSessionsService,
    private readonly profiles: ProfilesService,
  ) {}

  @Post('magic-link')
  @Public('a person who signs in has no session yet')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Mail a link to sign in with. The answer is the same whether the account exists or not.',
    description: 'It works once, for 15 minutes, and until the next one is asked for. Opening it uses nothing up.',
  })
  @ApiOkResponse({ standardSchema: OkView })
  @ApiBadRequestResponse(refusal('The address is malformed.'))
  @ApiForbiddenResponse(FOREIGN)
  @ApiTooManyRequestsResponse(refusal('Cooling down; Retry-After says how long.'))
  async requestLink(@Body({ schema: MagicLinkRequest }) body: z.infer<typeof MagicLinkRequest>) {
    await this.signIn.requestLink(body.email);
    return { ok: true };
  }

  @Post('verify')
  @Public('the link is the proof')
  @HttpCode(200)
  @ApiOperation({ summary: 'Sign in with a link: sets the session cookie. The first time makes the account.' })
  @ApiOkResponse({ standardSchema: MeView })
  @ApiBadRequestResponse(refusal('There is no token.'))
  @ApiForbiddenResponse(FOREIGN)
  @ApiGoneResponse(refusal('The link was used, replaced, has expired, or never was.'))
  async verify(
    @Body({ schema: MagicLinkVerify }) { token: link }: z.infer<typeof MagicLinkVerify>,
    @Caller() caller: CallerInfo,
    @AnswerCookie() cookie: SessionCookie,
  ) {
    const { token, person } = await this.sessions.open(link, caller);
    cookie.set(token, this.sessions.lastsSeconds);
    return toMeView(person);
  }

  @Get('me')
  @Allow('profile.read')
  @ApiSecurity('session')
  @ApiOperation({ summary: 'Who is signed in, and to which organization. The cookie lasts anew from here.' })
  @ApiOkResponse({ standardSchema: MeView })
  @ApiUnauthorizedResponse(refusal('No session cookie, or one whose session has ended.'))
  async me(@CurrentPrincipal() principal: Principal, @AnswerCookie() cookie: SessionCookie) {
    cookie.renew(this.sessions.lastsSeconds);
    return toMeView(await this.profiles.describe(principal));
  }

  @Post('logout')
  @Allow('sign_in.end')
  @RouteConstraints(BY_COOKIE_ALONE)
  @HttpCode(200)
  @ApiSecurity('session')
  @ApiOperation({
    summary: 'Sign out: ends the session and takes the cookie back.',
    description: 'With an Authorization header this path is one of the Platform API.',
  })
  @ApiOkResponse({ standardSchema: OkView })
  @ApiForbiddenResponse(FOREIGN)
  @ApiUnauthorizedResponse(refusal('No session cookie, or one whose session has ended.'))
  async signOut(@CurrentPrincipal() principal: Principal, @AnswerCookie() cookie: SessionCookie) {
    await this.signIns.endOwn(principal);
    cookie.clear();
    return { ok: true };
  }
}
