import { Controller, Get, Inject } from '@nestjs/common';
import { ApiBearerAuth, ApiForbiddenResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { ModelChoice } from '../../core/agent/model-choice.js';
import type { Principal } from '../../core/identity/principal.js';
import { DashboardService } from '../../core/overview/dashboard.service.js';
import type { Config } from '../../platform/config/config.js';
import { productVersion } from '../../platform/product-version.js';
import { CONFIG } from '../../platform/tokens.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { ConfigView, toConfigView } from './schemas/config.schemas.js';
import { DashboardView, toDashboardView } from './schemas/overview.schemas.js';
import { problem } from './schemas/problem.schemas.js';

@ApiTags('Overview')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@Controller('api')
export class OverviewController {
  private readonly version = productVersion();

  constructor(
    private readonly dashboard: DashboardService,
    private readonly models: ModelChoice,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get('dashboard')
  @Allow('dashboard.read')
  @ApiOperation({
    summary: 'Your organization in numbers: servers, tools, what waits, calls, users, what happened last.',
  })
  @ApiOkResponse({ standardSchema: DashboardView })
  @ApiForbiddenResponse(problem('The key needs the scope mcp:read.'))
  async getDashboard(@CurrentPrincipal() principal: Principal) {
    return toDashboardView(await this.dashboard.get(principal));
  }

  @Get('config')
  @Allow('instance.read')
  @ApiOperation({ summary: 'How this instance is set up: version, features, limits, policies. No secrets.' })
  @ApiOkResponse({ standardSchema: ConfigView })
  @ApiForbiddenResponse(problem('This needs the role admin.'))
  getConfig(): z.infer<typeof ConfigView> {
    const models = this.models.offered.map(({ id }) => id);
    return toConfigView(this.config, this.version, models);
  }
}
