import { Module } from '@nestjs/common';
import { ActivityModule } from '../activity/activity.module.js';
import { WebhooksModule } from '../webhooks/webhooks.module.js';
import { ApprovalRequests } from './approval-requests.service.js';
import { ApprovalsService } from './approvals.service.js';
import { GrantsRepository } from './grants.repository.js';
import { GrantsService } from './grants.service.js';
import { OldGrants } from './old-grants.js';

@Module({
  imports: [ActivityModule, WebhooksModule],
  providers: [ApprovalRequests, ApprovalsService, GrantsRepository, GrantsService, OldGrants],
  exports: [ApprovalRequests, ApprovalsService, GrantsService],
})
export class ApprovalsModule {}
