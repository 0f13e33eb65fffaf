import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiConflictResponse, ApiCreatedResponse } from '@nestjs/swagger';
import { ApiForbiddenResponse, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../core/identity/principal.js';
import type { WebhookId } from '../../core/webhooks/webhook.js';
import { WebhooksService } from '../../core/webhooks/webhooks.service.js';
import { idSchema } from '../../platform/ids.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { problem } from './schemas/problem-responses.js';
import {
  toWebhookListView,
  toWebhookMadeView,
  toWebhookView,
  WebhookCreate,
  WebhookDeletedView,
  WebhookListView,
  WebhookMadeView,
  WebhookRotate,
  WebhookSecretView,
  WebhookUpdate,
  WebhookView,
} from './schemas/webhooks.schemas.js';

const WebhookIdParam = { schema: idSchema('whk') };
const NOT_FOUND = problem('There is no such webhook in your organization.');
const WRONG = problem('A field is not valid, or the URL is one that this instance may not call.');

@ApiTags('Webhooks')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@ApiForbiddenResponse(problem('This needs the role admin.'))
@Allow('webhooks.manage')
@Controller('api/v1/webhooks')
export class WebhooksController {
  constructor(private readonly webhooks: WebhooksService) {}

  @Get()
  @ApiOperation({ summary: 'The webhooks of your organization, oldest first.' })
  @ApiOkResponse({ standardSchema: WebhookListView })
  async list(@CurrentPrincipal() principal: Principal) {
    return toWebhookListView(await this.webhooks.list(principal));
  }

  @Post()
  @ApiOperation({
    summary: 'Have a program outside told of events.',
    description: 'Signed as Standard Webhooks says; the secret is in this answer and nowhere else.',
  })
  @ApiCreatedResponse({ standardSchema: WebhookMadeView })
  @ApiBadRequestResponse(WRONG)
  @ApiConflictResponse(problem('There are as many as an organization may have.'))
  async create(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: WebhookCreate }) body: z.infer<typeof WebhookCreate>,
  ) {
    return toWebhookMadeView(await this.webhooks.create(principal, body));
  }

  @Patch(':webhook_id')
  @ApiOperation({ summary: 'Change a webhook, or switch it off or on; what is absent stays.' })
  @ApiOkResponse({ standardSchema: WebhookView })
  @ApiBadRequestResponse(WRONG)
  @ApiNotFoundResponse(NOT_FOUND)
  async update(
    @CurrentPrincipal() principal: Principal,
    @Param('webhook_id', WebhookIdParam) id: WebhookId,
    @Body({ schema: WebhookUpdate }) body: z.infer<typeof WebhookUpdate>,
  ) {
    return toWebhookView(await this.webhooks.update(principal, id, body));
  }

  @Delete(':webhook_id')
  @ApiOperation({ summary: 'Remove a webhook, with its log.' })
  @ApiOkResponse({ standardSchema: WebhookDeletedView })
  @ApiNotFoundResponse(NOT_FOUND)
  async remove(@CurrentPrincipal() principal: Principal, @Param('webhook_id', WebhookIdParam) id: WebhookId) {
    await this.webhooks.remove(principal, id);
    return { status: 'deleted' };
  }

  @Post(':webhook_id/rotate-secret')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Replace the secret.',
    description: 'For `overlap_seconds` (a day unless said) both sign, so that the receiver can change over.',
  })
  @ApiOkResponse({ standardSchema: WebhookSecretView })
  @ApiBadRequestResponse(problem('A field is not valid.'))
  @ApiNotFoundResponse(NOT_FOUND)
  async rotateSecret(
    @CurrentPrincipal() principal: Principal,
    @Param('webhook_id', WebhookIdParam) id: WebhookId,
    @Body({ schema: WebhookRotate }) body: z.infer<typeof WebhookRotate>,
  ) {
    const { secret } = await this.webhooks.rotateSecret(principal, id, body);
    return { secret };
  }
}
