import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiCreatedResponse, ApiForbiddenResponse } from '@nestjs/swagger';
import { ApiGoneResponse, ApiOkResponse, ApiOperation, ApiTags, ApiTooManyRequestsResponse } from '@nestjs/swagger';
import { ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { PasswordCareService } from '../../core/identity/password-care.service.js';
import { PasswordSignInService } from '../../core/identity/password-sign-in.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { RegistrationsService } from '../../core/identity/registrations.service.js';
import { SignInService } from '../../core/identity/sign-in.service.js';
import { SignInsService } from '../../core/identity/sign-ins.service.js';
import { Allow, Public } from '../pipeline/auth.guard.js';
import { Caller, type CallerInfo } from '../pipeline/caller.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { PLATFORM_ACCESS_SECONDS } from './access-seconds.js';
import { done, DoneView, EmailOnly, EmailVerifiedView, EmailVerify, Login } from './schemas/auth.schemas.js';
import { PasswordReset, Register, RegisteredView, SignedInView, TokenRefresh } from './schemas/auth.schemas.js';
import { TokensView, toEmailVerifiedView, toRegisteredView, toSignedInView } from './schemas/auth.schemas.js';
import { toTokensView } from './schemas/auth.schemas.js';
import { platformError } from './schemas/platform-error.schemas.js';

const WRONG_FIELD = platformError('A field is not valid.');
const COOLING_DOWN = platformError('A mail was sent a moment ago; Retry-After says how long to wait.');
const LINK_IS_OVER = platformError('The link was used, or is too old.');
const NO_TOKEN_YET = 'a person who signs in has no token yet';
const LINK_IS_PROOF = 'the link is the proof';

@ApiTags('Authentication')
@Controller('v1/auth')
export class PlatformAuthController {
  constructor(
    private readonly registrations: RegistrationsService,
    private readonly passwordSignIn: PasswordSignInService,
    private readonly signIn: SignInService,
    private readonly signIns: SignInsService,
    private readonly care: PasswordCareService,
  ) {}

  @Post('register')
  @Public(NO_TOKEN_YET)
  @ApiOperation({
    summary: 'Ask for an account: a mail with a link to confirm the address is sent.',
    description: 'The answer is the same for an address that has an account; the mail says so then.',
  })
  @ApiCreatedResponse({ standardSchema: RegisteredView })
  @ApiBadRequestResponse(WRONG_FIELD)
  @ApiTooManyRequestsResponse(COOLING_DOWN)
  async register(@Body({ schema: Register }) body: z.infer<typeof Register>) {
    return toRegisteredView(await this.registrations.register(body));
  }

  @Post('login')
  @Public(NO_TOKEN_YET)
  @HttpCode(200)
  @ApiOperation({ summary: 'Sign in with a password.' })
  @ApiOkResponse({ standardSchema: SignedInView })
  @ApiBadRequestResponse(WRONG_FIELD)
  @ApiUnauthorizedResponse(platformError('The address or the password is wrong.'))
  @ApiForbiddenResponse(platformError('The password is right, but the address was not confirmed yet.'))
  @ApiTooManyRequestsResponse(platformError('Ten attempts for this address within a quarter of an hour.'))
  async login(@Body({ schema: Login }) body: z.infer<typeof Login>, @Caller() caller: CallerInfo) {
    const accessSeconds = PLATFORM_ACCESS_SECONDS;
    return toSignedInView(await this.passwordSignIn.signIn({ ...body, accessSeconds }, caller));
  }

  @Post('refresh')
  @Public('the refresh token is the proof')
  @HttpCode(200)
  @ApiOperation({ summary: 'New tokens for a refresh token, which is used up by it.' })
  @ApiOkResponse({ standardSchema: TokensView })
  @ApiUnauthorizedResponse(platformError('Unknown, used, expired or revoked.'))
  async refresh(@Body({ schema: TokenRefresh }) body: z.infer<typeof TokenRefresh>, @Caller() caller: CallerInfo) {
    return toTokensView(await this.signIn.refresh(body.refreshToken, caller, PLATFORM_ACCESS_SECONDS));
  }

  @Post('logout')
  @Allow('sign_in.end')
  @HttpCode(200)
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Sign out: ends the sign-in that the token is of, with its refresh token.' })
  @ApiOkResponse({ standardSchema: DoneView })
  @ApiUnauthorizedResponse(platformError('No token, or one that is not valid any more.'))
  @ApiForbiddenResponse(platformError('An API key does not sign out: it is revoked.'))
  async signOut(@CurrentPrincipal() principal: Principal) {
    await this.signIns.endOwn(principal);
    return done('Successfully logged out');
  }

  @Post('verify-email')
  @Public(LINK_IS_PROOF)
  @HttpCode(200)
  @ApiOperation({ summary: 'Confirm the address of a registration: makes the account.' })
  @ApiOkResponse({ standardSchema: EmailVerifiedView })
  @ApiGoneResponse(LINK_IS_OVER)
  async verifyEmail(@Body({ schema: EmailVerify }) body: z.infer<typeof EmailVerify>) {
    return toEmailVerifiedView(await this.registrations.verify(body.token));
  }

  @Post('resend-verification')
  @Public(NO_TOKEN_YET)
  @HttpCode(200)
  @ApiOperation({ summary: 'Send the mail of a registration again.' })
  @ApiOkResponse({ standardSchema: DoneView })
  @ApiBadRequestResponse(WRONG_FIELD)
  @ApiTooManyRequestsResponse(COOLING_DOWN)
  async resend(@Body({ schema: EmailOnly }) body: z.infer<typeof EmailOnly>) {
    await this.registrations.resend(body.email);
    return done('Verification email sent');
  }

  @Post('forgot-password')
  @Public(NO_TOKEN_YET)
  @HttpCode(200)
  @ApiOperation({
    summary: 'Mail a link to choose a new password. The same answer whether there is an account or not.',
  })
  @ApiOkResponse({ standardSchema: DoneView })
  @ApiBadRequestResponse(WRONG_FIELD)
  @ApiTooManyRequestsResponse(COOLING_DOWN)
  async forgot(@Body({ schema: EmailOnly }) body: z.infer<typeof EmailOnly>) {
    await this.care.forgot(body.email);
    return done('Password reset email sent');
  }

  @Post('reset-password')
  @Public(LINK_IS_PROOF)
  @HttpCode(200)
  @ApiOperation({ summary: 'Choose a new password by a link; ends all sign-ins of the user.' })
  @ApiOkResponse({ standardSchema: DoneView })
  @ApiBadRequestResponse(WRONG_FIELD)
  @ApiGoneResponse(LINK_IS_OVER)
  async reset(@Body({ schema: PasswordReset }) body: z.infer<typeof PasswordReset>) {
    await this.care.reset(body.token, body.newPassword);
    return done('Password changed');
  }
}
