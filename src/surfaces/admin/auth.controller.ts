import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiConflictResponse, ApiCreatedResponse } from '@nestjs/swagger';
import {
  ApiForbiddenResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  ApiTooManyRequestsResponse,
} from '@nestjs/swagger';
import { ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { InstanceClaimService } from '../../core/identity/instance-claim.service.js';
import { PasswordCareService } from '../../core/identity/password-care.service.js';
import { PasswordSignInService } from '../../core/identity/password-sign-in.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { ProfilesService } from '../../core/identity/profiles.service.js';
import { SignInService } from '../../core/identity/sign-in.service.js';
import { SignInsService } from '../../core/identity/sign-ins.service.js';
import { Allow, Public } from '../pipeline/auth.guard.js';
import { Caller, type CallerInfo } from '../pipeline/caller.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { Login, MessageView, MeView, PasswordChange, Setup, TokenRefresh } from './schemas/auth.schemas.js';
import { TokensView, toMeView, toTokensView } from './schemas/auth.schemas.js';
import { problem } from './schemas/problem.schemas.js';

const NO_TOKEN = problem('No token, or one that is not valid any more.');

@ApiTags('Authentication')
@Controller('auth')
export class AdminAuthController {
  constructor(
    private readonly claims: InstanceClaimService,
    private readonly passwordSignIn: PasswordSignInService,
    private readonly signIn: SignInService,
    private readonly signIns: SignInsService,
    private readonly care: PasswordCareService,
    private readonly profiles: ProfilesService,
  ) {}

  @Post('setup')
  @Public('there is nobody yet who could sign in')
  @ApiOperation({
    summary: 'Make the account of the first administrator; once.',
    description: 'From the machine that it runs on; from another one with the code that it printed when it started.',
  })
  @ApiCreatedResponse({ standardSchema: TokensView })
  @ApiBadRequestResponse(problem('A field is not valid.'))
  @ApiForbiddenResponse(problem('The claim code is missing or wrong.'))
  @ApiConflictResponse(problem('There is an administrator already, or the address has an account.'))
  async setup(
    @Body({ schema: Setup }) { claimCode: code, ...administrator }: z.infer<typeof Setup>,
    @Caller() caller: CallerInfo,
  ) {
    const claim = { isThisMachine: caller.isThisMachine, code };
    return toTokensView(await this.claims.setup(administrator, claim, caller));
  }

  @Post('login')
  @Public('a person who signs in has no token yet')
  @HttpCode(200)
  @ApiOperation({ summary: 'Sign in with a password.' })
  @ApiOkResponse({ standardSchema: TokensView })
  @ApiBadRequestResponse(problem('A field is not valid.'))
  @ApiUnauthorizedResponse(problem('The address or the password is wrong.'))
  @ApiForbiddenResponse(problem('The password is right, but the address was not confirmed yet.'))
  @ApiTooManyRequestsResponse(problem('Ten attempts for this address within a quarter of an hour.'))
  async login(@Body({ schema: Login }) body: z.infer<typeof Login>, @Caller() caller: CallerInfo) {
    return toTokensView(await this.passwordSignIn.signIn(body, caller));
  }

  @Post('refresh')
  @Public('the refresh token is the proof')
  @HttpCode(200)
  @ApiOperation({ summary: 'New tokens for a refresh token, which is used up by it.' })
  @ApiOkResponse({ standardSchema: TokensView })
  @ApiUnauthorizedResponse(problem('Unknown, used, expired or revoked.'))
  async refresh(@Body({ schema: TokenRefresh }) body: z.infer<typeof TokenRefresh>, @Caller() caller: CallerInfo) {
    return toTokensView(await this.signIn.refresh(body.refresh_token, caller));
  }

  @Post('logout')
  @Allow('sign_in.end')
  @HttpCode(200)
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Sign out: ends the tokens of this sign-in.' })
  @ApiOkResponse({ standardSchema: MessageView })
  @ApiUnauthorizedResponse(NO_TOKEN)
  @ApiForbiddenResponse(problem('An API key does not sign out: it is revoked.'))
  async signOut(@CurrentPrincipal() principal: Principal) {
    await this.signIns.endOwn(principal);
    return { message: 'Logged out' };
  }

  @Get('me')
  @Allow('profile.read')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Who is signed in.' })
  @ApiOkResponse({ standardSchema: MeView })
  @ApiUnauthorizedResponse(NO_TOKEN)
  async me(@CurrentPrincipal() principal: Principal) {
    return toMeView(await this.profiles.describe(principal));
  }

  @Post('change-password')
  @Allow('password.change')
  @HttpCode(200)
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Change the password; ends every other sign-in of the user. Keys go on.' })
  @ApiOkResponse({ standardSchema: MessageView })
  @ApiBadRequestResponse(problem('Not the current password, or a new one that is not taken.'))
  @ApiUnauthorizedResponse(NO_TOKEN)
  @ApiForbiddenResponse(problem('A key cannot change the password.'))
  @ApiConflictResponse(problem('There is no password yet: ask for a link to choose one.'))
  async changePassword(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: PasswordChange }) body: z.infer<typeof PasswordChange>,
  ) {
    await this.care.change(principal, body);
    return { message: 'Password changed' };
  }
}
