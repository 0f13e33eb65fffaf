import { Body, Controller, Put } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiBearerAuth,
  ApiConflictResponse,
  ApiOkResponse,
  ApiOperation,
} from '@nestjs/swagger';
import { ApiTags, ApiTooManyRequestsResponse, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { PasswordCareService } from '../../core/identity/password-care.service.js';
import type { Principal } from '../../core/identity/principal.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { PasswordChange, PasswordChangedView } from './schemas/password.schemas.js';
import { problem } from './schemas/problem-responses.js';

@ApiTags('User')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@Controller('api/v1/user/password')
export class OwnPasswordController {
  constructor(private readonly care: PasswordCareService) {}

  @Put()
  @Allow('password.change')
  @ApiOperation({ summary: 'Change the password; ends every other sign-in of the user. Keys go on.' })
  @ApiOkResponse({ standardSchema: PasswordChangedView })
  @ApiBadRequestResponse(problem('Not the current password, or a new one that is not taken.'))
  @ApiConflictResponse(problem('There is no password yet: ask for a link to choose one.'))
  @ApiTooManyRequestsResponse(problem('Ten guesses within a quarter of an hour.'))
  async change(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: PasswordChange }) body: z.infer<typeof PasswordChange>,
  ) {
    await this.care.change(principal, body);
    return { success: true, message: 'Password updated successfully.' };
  }
}
