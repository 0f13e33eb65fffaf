import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiForbiddenResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../core/identity/principal.js';
import { HealthService } from '../../core/overview/health.service.js';
import { Clock } from '../../platform/clock.js';
import { productVersion } from '../../platform/product-version.js';
import { Allow, Public } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { BasicHealthView, DetailedHealthView, ServicesHealthView } from './schemas/overview.schemas.js';
import { toDetailedHealthView, toServicesHealthView } from './schemas/overview.schemas.js';
import { problem } from './schemas/problem.schemas.js';

@ApiTags('Health')
@Controller('health')
export class AdminHealthController {
  private readonly version = productVersion();

  constructor(
    private readonly health: HealthService,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Public('whoever watches the process has no account')
  @ApiOperation({ summary: 'The process answers. It asks nobody else.' })
  @ApiOkResponse({ standardSchema: BasicHealthView })
  basic(): z.infer<typeof BasicHealthView> {
    return { status: 'ok', ts: this.clock.now().toISOString() };
  }

  @Get('detail')
  @Allow('instance.read')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'This process, and in a word each of what it needs.' })
  @ApiOkResponse({ standardSchema: DetailedHealthView })
  @ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
  @ApiForbiddenResponse(problem('This needs the role admin.'))
  async detail(@CurrentPrincipal() principal: Principal) {
    return toDetailedHealthView(await this.health.get(principal), this.version);
  }

  @Get('services')
  @Allow('instance.read')
  @ApiBearerAuth()
  @ApiOperation({
    summary: 'Each of what the product needs, asked now, with what asking took; and your MCP servers as last checked.',
    description: 'Storage and mail are asked once in ten seconds. A language model is not asked: it would cost money.',
  })
  @ApiOkResponse({ standardSchema: ServicesHealthView })
  @ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
  @ApiForbiddenResponse(problem('This needs the role admin.'))
  async services(@CurrentPrincipal() principal: Principal) {
    return toServicesHealthView(await this.health.get(principal));
  }
}
