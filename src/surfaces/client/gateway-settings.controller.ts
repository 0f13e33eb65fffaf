import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../core/identity/principal.js';
import { GatewaySettings } from '../../core/toolsets/gateway-settings.service.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { problem } from './schemas/problem-responses.js';
import { GatewaySettingsChange, GatewaySettingsView } from './schemas/toolsets.schemas.js';

@ApiTags('Toolsets')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@Controller('api/v1/organization/gateway')
export class GatewaySettingsController {
  constructor(private readonly settings: GatewaySettings) {}

  @Get()
  @Allow('toolsets.read')
  @ApiOperation({ summary: 'How clients are shown tools where no toolset and no key says it.' })
  @ApiOkResponse({ standardSchema: GatewaySettingsView })
  async get(@CurrentPrincipal() principal: Principal) {
    return this.settings.get(principal);
  }

  @Put()
  @Allow('gateway.change')
  @ApiOperation({ summary: 'Change how clients are shown tools where no toolset and no key says it.' })
  @ApiOkResponse({ standardSchema: GatewaySettingsView })
  @ApiBadRequestResponse(problem('A field is not valid.'))
  async change(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: GatewaySettingsChange }) { presentation }: z.infer<typeof GatewaySettingsChange>,
  ) {
    return this.settings.change(principal, presentation);
  }
}
