import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBadRequestResponse, ApiForbiddenResponse, ApiGoneResponse, ApiOkResponse } from '@nestjs/swagger';
import { ApiOperation, ApiTags, ApiTooManyRequestsResponse, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { MailLinksService } from '../../core/identity/mail-links.service.js';
import { PasswordCareService } from '../../core/identity/password-care.service.js';
import { PasswordSignInService } from '../../core/identity/password-sign-in.service.js';
import { RegistrationsService } from '../../core/identity/registrations.service.js';
import { Public } from '../pipeline/auth.guard.js';
import { Caller, type CallerInfo } from '../pipeline/caller.js';
import { SignedInView, toSignedInView } from './schemas/auth.schemas.js';
import { EmailVerifiedView, LinkToken, LinkView, MailSentView } from './schemas/password.schemas.js';
import { PasswordForgot, PasswordLogin, PasswordReset, PasswordResetView } from './schemas/password.schemas.js';
import { toEmailVerifiedView, toLinkView } from './schemas/password.schemas.js';
import { problem } from './schemas/problem-responses.js';

@ApiTags('Sign-in')
@Controller('api/v1/auth')
export class PasswordAuthController {
  constructor(
    private readonly signIn: PasswordSignInService,
    private readonly care: PasswordCareService,
    private readonly registrations: RegistrationsService,
    private readonly links: MailLinksService,
  ) {}

  @Post('password/login')
  @Public('a person who signs in has no token yet')
  @HttpCode(200)
  @ApiOperation({ summary: 'Sign in with a password.' })
  @ApiOkResponse({ standardSchema: SignedInView })
  @ApiUnauthorizedResponse(problem('The address or the password is wrong; the same for an address without an account.'))
  @ApiForbiddenResponse(problem('The password is right, but the address was not confirmed yet.'))
  @ApiTooManyRequestsResponse(problem('Ten attempts for this address within a quarter of an hour.'))
  async login(@Body({ schema: PasswordLogin }) body: z.infer<typeof PasswordLogin>, @Caller() caller: CallerInfo) {
    const { email, password, deviceFingerprint } = body;
    const client = { ...caller, ...(deviceFingerprint !== undefined && { deviceFingerprint }) };
    return toSignedInView(await this.signIn.signIn({ email, password }, client));
  }

  @Post('password/forgot')
  @Public('who has forgotten the password cannot sign in with it')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Mail a link to choose a new password. The same answer whether there is an account or not.',
  })
  @ApiOkResponse({ standardSchema: MailSentView })
  @ApiBadRequestResponse(problem('The address is malformed.'))
  @ApiTooManyRequestsResponse(problem('Cooling down; Retry-After says how long.'))
  async forgot(@Body({ schema: PasswordForgot }) body: z.infer<typeof PasswordForgot>) {
    await this.care.forgot(body.email);
    return { status: 'sent' };
  }

  @Post('password/reset')
  @Public('the link is the proof')
  @HttpCode(200)
  @ApiOperation({ summary: 'Choose a new password by a link; ends all sign-ins of the user.' })
  @ApiOkResponse({ standardSchema: PasswordResetView })
  @ApiBadRequestResponse(problem('The password is too short, too long, easy to guess, or known from a leak.'))
  @ApiGoneResponse(problem('The link was used, is too old, or a newer one replaced it.'))
  async reset(@Body({ schema: PasswordReset }) body: z.infer<typeof PasswordReset>) {
    await this.care.reset(body.token, body.new_password);
    return { status: 'changed' };
  }

  @Post('email/verify')
  @Public('the link is the proof')
  @HttpCode(200)
  @ApiOperation({ summary: 'Confirm the address of a registration: makes the account.' })
  @ApiOkResponse({ standardSchema: EmailVerifiedView })
  @ApiGoneResponse(problem('The link was used, is too old, or the address has an account meanwhile.'))
  async verifyEmail(@Body({ schema: LinkToken }) body: z.infer<typeof LinkToken>) {
    return toEmailVerifiedView(await this.registrations.verify(body.token));
  }

  @Post('links/peek')
  @Public('the link is the proof')
  @HttpCode(200)
  @ApiOperation({ summary: 'What a link from a mail is for, and whose. Uses nothing up.' })
  @ApiOkResponse({ standardSchema: LinkView })
  @ApiGoneResponse(problem('The link was used, is too old, or a newer one replaced it.'))
  async peek(@Body({ schema: LinkToken }) body: z.infer<typeof LinkToken>) {
    return toLinkView(await this.links.peek(body.token));
  }
}
