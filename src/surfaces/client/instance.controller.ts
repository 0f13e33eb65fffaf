import { Body, Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiConflictResponse, ApiForbiddenResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { ModelChoice } from '../../core/agent/model-choice.js';
import { InstanceClaimService } from '../../core/identity/instance-claim.service.js';
import { keepsMails } from '../../core/identity/mailbox.port.js';
import type { Principal } from '../../core/identity/principal.js';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/tokens.js';
import { Allow, Public } from '../pipeline/auth.guard.js';
import { Caller, type CallerInfo } from '../pipeline/caller.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { productVersion } from '../../platform/product-version.js';
import { InstanceClaim, InstanceClaimedView, InstanceView } from './schemas/instance.schemas.js';
import { problem } from './schemas/problem-responses.js';

@ApiTags('Instance')
@Controller('api/v1/instance')
export class InstanceController {
  private readonly version = productVersion();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly models: ModelChoice,
    private readonly claims: InstanceClaimService,
  ) {}

  @Get()
  @Public('the sign-in page shows it')
  @ApiOperation({ summary: 'What this instance is.' })
  @ApiOkResponse({ standardSchema: InstanceView })
  async get(@Caller() caller: CallerInfo): Promise<z.infer<typeof InstanceView>> {
    const { isClaimed, needsCode } = await this.claims.state(caller);
    return {
      name: 'Switchyard',
      version: this.version,
      environment: this.config.production ? 'production' : 'development',
      dev_mailbox: keepsMails(this.config),
      model: this.models.byDefault.name,
      claimed: isClaimed,
      claim_needs_code: needsCode,
    };
  }

  @Post('claim')
  @Allow('instance.claim')
  @HttpCode(200)
  @ApiBearerAuth()
  @ApiOperation({
    summary: 'Become the first administrator of the instance.',
    description: 'From the machine that it runs on; from another one with the code that it printed when it started.',
  })
  @ApiOkResponse({ standardSchema: InstanceClaimedView })
  @ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
  @ApiForbiddenResponse(problem('The claim code is missing or wrong.'))
  @ApiConflictResponse(problem('There is an administrator already.'))
  async claim(
    @CurrentPrincipal() principal: Principal,
    @Caller() { isThisMachine }: CallerInfo,
    @Body({ schema: InstanceClaim }) body: z.infer<typeof InstanceClaim>,
  ): Promise<z.infer<typeof InstanceClaimedView>> {
    await this.claims.claim(principal, { isThisMachine, code: body.claim_code });
    return { status: 'claimed' };
  }
}
