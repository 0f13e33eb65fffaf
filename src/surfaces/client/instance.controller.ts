import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { ModelChoice } from '../../core/agent/model-choice.js';
import { keepsMails } from '../../core/identity/mailbox.port.js';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/tokens.js';
import { Public } from '../pipeline/auth.guard.js';
import { productVersion } from './product-version.js';
import { InstanceView } from './schemas/instance.schemas.js';

@ApiTags('Instance')
@Controller('api/v1/instance')
export class InstanceController {
  private readonly version = productVersion();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly models: ModelChoice,
  ) {}

  @Get()
  @Public('the sign-in page shows it')
  @ApiOperation({ summary: 'What this instance is.' })
  @ApiOkResponse({ standardSchema: InstanceView })
  get(): z.infer<typeof InstanceView> {
    return {
      name: 'Switchyard',
      version: this.version,
      environment: this.config.production ? 'production' : 'development',
      dev_mailbox: keepsMails(this.config),
      model: this.models.byDefault.name,
    };
  }
}
