import { Module } from '@nestjs/common';
import { WebhookEvents } from './webhook-events.service.js';

@Module({ providers: [WebhookEvents], exports: [WebhookEvents] })
export class WebhooksModule {}
