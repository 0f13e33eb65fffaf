import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Clock } from '../../platform/clock.js';
import { Public } from '../pipeline/auth.guard.js';
import { HealthView } from './schemas/instance.schemas.js';

@ApiTags('Instance')
@Controller(['api/v1/healthz', 'healthz'])
export class HealthController {
  constructor(private readonly clock: Clock) {}

  @Get()
  @Public('whoever watches the process has no account')
  @ApiOperation({ summary: 'The process answers.' })
  @ApiOkResponse({ standardSchema: HealthView })
  check(): z.infer<typeof HealthView> {
    return { status: 'ok', ts: this.clock.now().toISOString() };
  }
}
