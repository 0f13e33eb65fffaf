import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBearerAuth, ApiConflictResponse, ApiCreatedResponse } from '@nestjs/swagger';
import { ApiForbiddenResponse, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../core/identity/principal.js';
import { DeliveriesService } from '../../core/webhooks/deliveries.service.js';
import type { DeliveryId, WebhookId } from '../../core/webhooks/webhook.js';
import { idSchema } from '../../platform/ids.js';
import { Allow } from '../pipeline/auth.guard.js';
import { CurrentPrincipal } from '../pipeline/request-principal.js';
import { problem } from './schemas/problem-responses.js';
import {
  DeliveriesQuery,
  DeliveryListView,
  DeliveryView,
  toDeliveryListView,
  toDeliveryView,
} from './schemas/webhooks.schemas.js';

const WebhookIdParam = { schema: idSchema('whk') };
const NOT_FOUND = problem('There is no such webhook in your organization, or no such delivery.');
const OFF = problem('The webhook is switched off (WEBHOOK_DISABLED).');

@ApiTags('Webhooks')
@ApiBearerAuth()
@ApiUnauthorizedResponse(problem('No access token, or one that is not valid any more.'))
@ApiForbiddenResponse(problem('This needs the role admin.'))
@Allow('webhooks.manage')
@Controller('api/v1/webhooks/:webhook_id')
export class WebhookDeliveriesController {
  constructor(private readonly deliveries: DeliveriesService) {}

  @Post('test')
  @ApiOperation({ summary: 'Send it an event `webhook.test`, whatever it is told otherwise.' })
  @ApiCreatedResponse({ standardSchema: DeliveryView })
  @ApiNotFoundResponse(NOT_FOUND)
  @ApiConflictResponse(OFF)
  async test(@CurrentPrincipal() principal: Principal, @Param('webhook_id', WebhookIdParam) id: WebhookId) {
    return toDeliveryView(await this.deliveries.test(principal, id));
  }

  @Get('deliveries')
  @ApiOperation({ summary: 'What it was told and how that went; 50 a page, newest first.' })
  @ApiOkResponse({ standardSchema: DeliveryListView })
  @ApiBadRequestResponse(problem('A query parameter is not valid, or not known.'))
  @ApiNotFoundResponse(NOT_FOUND)
  async list(
    @CurrentPrincipal() principal: Principal,
    @Param('webhook_id', WebhookIdParam) id: WebhookId,
    @Query({ schema: DeliveriesQuery }) { filter, page }: z.infer<typeof DeliveriesQuery>,
  ) {
    return toDeliveryListView(await this.deliveries.list(principal, id, filter, page));
  }

  @Post('deliveries/:delivery_id/redeliver')
  @ApiOperation({
    summary: 'Send the same message once more.',
    description: 'Under the same webhook-id, in a delivery of its own; one that still waits is tried now.',
  })
  @ApiCreatedResponse({ standardSchema: DeliveryView })
  @ApiNotFoundResponse(NOT_FOUND)
  @ApiConflictResponse(OFF)
  async redeliver(
    @CurrentPrincipal() principal: Principal,
    @Param('webhook_id', WebhookIdParam) id: WebhookId,
    @Param('delivery_id', { schema: idSchema('whd') }) deliveryId: DeliveryId,
  ) {
    return toDeliveryView(await this.deliveries.redeliver(principal, id, deliveryId));
  }
}
