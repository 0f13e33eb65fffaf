import { Module } from '@nestjs/common';
import { ActivityModule } from '../activity/activity.module.js';
import { ApprovalsModule } from '../approvals/approvals.module.js';
import { ExecutionModule } from '../execution/execution.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { PlansModule } from '../plans/plans.module.js';
import { RegistryModule } from '../registry/registry.module.js';
import { ApprovalLinksRepository } from './approval-links.repository.js';
import { ApprovalLinks } from './approval-links.service.js';
import { ApprovalMailSettings } from './approval-mail-settings.service.js';
import { ApprovalMailsRepository } from './approval-mails.repository.js';
import { GatherMailHandler } from './gather-mail.handler.js';
import { GrantsOfPeople } from './grants-of-people.service.js';
import { InboxDecisions } from './inbox-decisions.service.js';
import { InboxFeed } from './inbox-feed.service.js';
import { InboxRepository } from './inbox.repository.js';
import { InboxService } from './inbox.service.js';
import { InboxWaits } from './inbox-waits.service.js';
import { OldApprovals } from './old-approvals.js';
import { PendingApprovals } from './pending-approvals.js';
import { SendApprovalMailHandler } from './send-approval-mail.handler.js';
import { TellDecidersHandler } from './tell-deciders.handler.js';

/** Where people decide, whatever it is about. */
@Module({
  imports: [ActivityModule, ApprovalsModule, ExecutionModule, IdentityModule, PlansModule, RegistryModule],
  providers: [
    ApprovalLinks,
    ApprovalLinksRepository,
    ApprovalMailSettings,
    ApprovalMailsRepository,
    GatherMailHandler,
    GrantsOfPeople,
    InboxDecisions,
    InboxFeed,
    InboxRepository,
    InboxService,
    InboxWaits,
    OldApprovals,
    PendingApprovals,
    SendApprovalMailHandler,
    TellDecidersHandler,
  ],
  exports: [ApprovalLinks, ApprovalMailSettings, GrantsOfPeople, InboxDecisions, InboxFeed, InboxService, InboxWaits],
})
export class InboxModule {}
