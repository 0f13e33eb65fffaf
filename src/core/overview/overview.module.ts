import { Module } from '@nestjs/common';
import { ActivityModule } from '../activity/activity.module.js';
import { AgentModule } from '../agent/agent.module.js';
import { ApprovalsModule } from '../approvals/approvals.module.js';
import { ExecutionModule } from '../execution/execution.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { RegistryModule } from '../registry/registry.module.js';
import { DashboardService } from './dashboard.service.js';
import { HealthService } from './health.service.js';
import { ServerDetails } from './server-details.service.js';

@Module({
  imports: [ActivityModule, AgentModule, ApprovalsModule, ExecutionModule, IdentityModule, RegistryModule],
  providers: [DashboardService, HealthService, ServerDetails],
  exports: [DashboardService, HealthService, ServerDetails],
})
export class OverviewModule {}
