import { Controller, Get, Query } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiBearerAuth,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  ApiUnauthorizedResponse,
} from '@nestjs/swagger';
import type { z } from 'zod';
import { ModelChoice } from '../../core/agent/model-choice.js';
import type { Principal } from '../../core/identity/principal.js';
import { dayOf } from '../../core/usage/usage.js';
import { UsageService } from '../../core/usage/usage.service.js';
import { Clock } from '../../platform/clock.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { ModelListView, toModelView, toUsageView, UsageQuery, UsageView } from './schemas/models.schemas.js';
import { problem } from './schemas/problem-responses.js';

@ApiTags('Models')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@Controller('api/v1')
export class ModelsController {
  constructor(
    private readonly choice: ModelChoice,
    private readonly usage: UsageService,
    private readonly clock: Clock,
  ) {}

  @Get('models')
  @Allow('models.read')
  @ApiOperation({ summary: 'The language models on offer, the default first.' })
  @ApiOkResponse({ standardSchema: ModelListView })
  list(): z.infer<typeof ModelListView> {
    const { offered, byDefault, fallback } = this.choice;
    const models = offered.map((model) =>
      toModelView(model, { isDefault: model.id === byDefault.id, rest: this.choice.restOf(model.id) }),
    );
    return { models, fallback: [...fallback] };
  }

  @Get('usage')
  @Allow('usage.read')
  @ApiOperation({ summary: 'What language models cost your organization, by day and model; its budgets.' })
  @ApiOkResponse({ standardSchema: UsageView })
  @ApiBadRequestResponse(problem('A query parameter is not valid.'))
  async report(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: UsageQuery }) { days }: z.infer<typeof UsageQuery>,
  ) {
    return toUsageView(await this.usage.report(principal, days), dayOf(this.clock.now()));
  }
}
