import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBadRequestResponse, ApiGoneResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiTooManyRequestsResponse, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { SignInService } from '../../core/identity/sign-in.service.js';
import { Public } from '../pipeline/auth.guard.js';
import { Caller, type CallerInfo } from '../pipeline/caller.js';
import {
  MagicLinkVerify,
  OtpRequest,
  OtpSentView,
  OtpVerify,
  SignedInView,
  SignedOutView,
} from './schemas/auth.schemas.js';
import { TokenRefresh, TokensView, toOtpSentView, toSignedInView, toTokensView } from './schemas/auth.schemas.js';
import { problem } from './schemas/problem-responses.js';

@ApiTags('Sign-in')
@Controller('api/v1/auth')
export class AuthController {
  constructor(private readonly signIn: SignInService) {}

  @Post('otp/request')
  @Public('a person who signs in has no token yet')
  @HttpCode(200)
  @ApiOperation({ summary: 'Mail a one-time code. The answer is the same whether the account exists or not.' })
  @ApiOkResponse({ standardSchema: OtpSentView })
  @ApiBadRequestResponse(problem('The address is malformed.'))
  @ApiTooManyRequestsResponse(problem('Cooling down; Retry-After says how long.'))
  async requestCode(@Body({ schema: OtpRequest }) body: z.infer<typeof OtpRequest>, @Caller() caller: CallerInfo) {
    return toOtpSentView(await this.signIn.requestCode(body.email, caller));
  }

  @Post('otp/verify')
  @Public('a person who signs in has no token yet')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Sign in with a one-time code; the first time makes the account.',
    description:
      'A code works once, from the network where it was asked for (/24 of IPv4, /56 of IPv6), for five guesses. ' +
      'A guess from elsewhere is neither compared nor counted.',
  })
  @ApiOkResponse({ standardSchema: SignedInView })
  @ApiBadRequestResponse(problem('The address or the code is malformed.'))
  @ApiUnauthorizedResponse(problem('The code is wrong; attempts_left says how many guesses remain.'))
  @ApiGoneResponse(problem('The code was used or has expired.'))
  @ApiTooManyRequestsResponse(problem('Five wrong guesses: the code is locked.'))
  async verifyCode(@Body({ schema: OtpVerify }) body: z.infer<typeof OtpVerify>, @Caller() caller: CallerInfo) {
    const { email, code, deviceFingerprint } = body;
    const client = { ...caller, ...(deviceFingerprint !== undefined && { deviceFingerprint }) };
    return toSignedInView(await this.signIn.verifyCode(email, code, client));
  }

  @Post('magic-link/verify')
  @Public('the link is the proof')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Sign in with a link that was mailed; the first time makes the account.',
    description: 'It works once, for 15 minutes.',
  })
  @ApiOkResponse({ standardSchema: SignedInView })
  @ApiBadRequestResponse(problem('There is no token.'))
  @ApiGoneResponse(problem('The link was used, replaced, has expired, or never was.'))
  async verifyLink(
    @Body({ schema: MagicLinkVerify }) body: z.infer<typeof MagicLinkVerify>,
    @Caller() caller: CallerInfo,
  ) {
    const { token, device_fingerprint: deviceFingerprint } = body;
    const client = { ...caller, ...(deviceFingerprint !== undefined && { deviceFingerprint }) };
    return toSignedInView(await this.signIn.verifyLink(token, client));
  }

  @Post('refresh')
  @Public('the refresh token is the proof')
  @HttpCode(200)
  @ApiOperation({
    summary: 'New tokens for a refresh token, which is used up by it.',
    description:
      'Requests in flight with one token within ten seconds get the same successor. ' +
      'A used token that comes back later ends the sign-in everywhere.',
  })
  @ApiOkResponse({ standardSchema: TokensView })
  @ApiUnauthorizedResponse(problem('Unknown, used, expired or revoked.'))
  async refresh(@Body({ schema: TokenRefresh }) body: z.infer<typeof TokenRefresh>, @Caller() caller: CallerInfo) {
    return toTokensView(await this.signIn.refresh(body.refresh_token, caller));
  }

  @Post('logout')
  @Public('the refresh token is the proof')
  @HttpCode(200)
  @ApiOperation({ summary: 'Sign out: ends all tokens of this sign-in.' })
  @ApiOkResponse({ standardSchema: SignedOutView })
  @ApiUnauthorizedResponse(problem('Unknown, used, expired or revoked.'))
  async signOut(@Body({ schema: TokenRefresh }) body: z.infer<typeof TokenRefresh>) {
    await this.signIn.signOut(body.refresh_token);
    return { status: 'ok' };
  }
}
