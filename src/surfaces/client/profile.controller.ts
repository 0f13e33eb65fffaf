import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { ProfilesService } from '../../core/identity/profiles.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { problem } from './schemas/problem-responses.js';
import { AccountView, toAccountView, toUserView, UpdateProfile, UserView } from './schemas/user.schemas.js';

@ApiTags('User')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@Controller('api/v1/user')
export class ProfileController {
  constructor(private readonly profiles: ProfilesService) {}

  @Get('profile')
  @Allow('profile.read')
  @ApiOperation({ summary: 'Who is signed in.' })
  @ApiOkResponse({ standardSchema: UserView })
  async get(@CurrentPrincipal() principal: Principal) {
    return toUserView(await this.profiles.find(principal));
  }

  @Get('account')
  @Allow('profile.read')
  @ApiOperation({ summary: 'You, where you are, and what you may do there.' })
  @ApiOkResponse({ standardSchema: AccountView })
  async account(@CurrentPrincipal() principal: Principal) {
    return toAccountView(principal, await this.profiles.own(principal));
  }

  @Put('profile')
  @Allow('profile.change')
  @ApiOperation({ summary: 'Change the profile; what is absent stays.' })
  @ApiOkResponse({ standardSchema: UserView })
  @ApiBadRequestResponse(problem('A field is not valid.'))
  async change(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: UpdateProfile }) body: z.infer<typeof UpdateProfile>,
  ) {
    return toUserView(await this.profiles.change(principal, body));
  }
}
