import { Module } from '@nestjs/common';
import { ActivityModule } from '../activity/activity.module.js';
import { ApprovalsModule } from '../approvals/approvals.module.js';
import { ArtifactsModule } from '../artifacts/artifacts.module.js';
import { ExecutionModule } from '../execution/execution.module.js';
import { RegistryModule } from '../registry/registry.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { WebhooksModule } from '../webhooks/webhooks.module.js';
import { AffectedRepository } from './affected.repository.js';
import { DecisionsService } from './decisions.service.js';
import { ForkedPlans } from './forked-plans.service.js';
import { NodeRequests } from './node-requests.service.js';
import { NodeRights } from './node-rights.js';
import { NodeRunsService } from './node-runs.service.js';
import { PlanChanges } from './plan-changes.js';
import { PlansRepository } from './plans.repository.js';
import { PlansService } from './plans.service.js';
import { PlanNotices } from './plan-notices.js';
import { PlanPolicy } from './policy.js';
import { ProposalsService } from './proposals.service.js';
import { QuestionsService } from './questions.service.js';
import { SignedInCalls } from './signed-in-calls.js';
import { RerunsService } from './reruns.service.js';
import { RunNodeHandler } from './run-node.handler.js';
import { Scenes } from './scenes.js';
import { StopsService } from './stops.service.js';
import { ToolDetails } from './tool-details.service.js';
import { ToolsChangedHandler } from './tools-changed.handler.js';

@Module({
  imports: [
    ActivityModule,
    ApprovalsModule,
    ArtifactsModule,
    ExecutionModule,
    RegistryModule,
    SessionsModule,
    WebhooksModule,
  ],
  providers: [
    AffectedRepository,
    DecisionsService,
    ForkedPlans,
    NodeRequests,
    NodeRights,
    NodeRunsService,
    PlanChanges,
    PlanNotices,
    PlanPolicy,
    PlansRepository,
    PlansService,
    ProposalsService,
    QuestionsService,
    SignedInCalls,
    RerunsService,
    RunNodeHandler,
    Scenes,
    StopsService,
    ToolDetails,
    ToolsChangedHandler,
  ],
  exports: [
    DecisionsService,
    ForkedPlans,
    PlansService,
    ProposalsService,
    QuestionsService,
    SignedInCalls,
    RerunsService,
    Scenes,
    StopsService,
    ToolDetails,
  ],
})
export class PlansModule {}
