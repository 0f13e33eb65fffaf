import { Module } from '@nestjs/common';
import { WebhooksModule } from '../webhooks/webhooks.module.js';
import { ApprovalRequests } from './approval-requests.service.js';
import { ApprovalsService } from './approvals.service.js';

@Module({
  imports: [WebhooksModule],
  providers: [ApprovalRequests, ApprovalsService],
  exports: [ApprovalRequests, ApprovalsService],
})
export class ApprovalsModule {}
