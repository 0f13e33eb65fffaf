import { Module } from '@nestjs/common';
import { ActivityModule } from '../../core/activity/activity.module.js';
import { AgentModule } from '../../core/agent/agent.module.js';
import { CatalogueModule } from '../../core/catalogue/catalogue.module.js';
import { IdentityModule } from '../../core/identity/identity.module.js';
import { InboxModule } from '../../core/inbox/inbox.module.js';
import { OverviewModule } from '../../core/overview/overview.module.js';
import { RegistryModule } from '../../core/registry/registry.module.js';
import { SessionsModule } from '../../core/sessions/sessions.module.js';
import { AdminActivityController } from './activity.controller.js';
import { ActivityStream } from './activity-stream.js';
import { AdminApprovalsController } from './approvals.controller.js';
import { AdminAuthController } from './auth.controller.js';
import { AdminHealthController } from './health.controller.js';
import { ExportController } from './export.controller.js';
import { OrganizationsController } from './organizations.controller.js';
import { OverviewController } from './overview.controller.js';
import { AdminServersController } from './servers.controller.js';
import { AdminToolsController } from './tools.controller.js';

@Module({
  imports: [
    CatalogueModule,
    ActivityModule,
    AgentModule,
    IdentityModule,
    InboxModule,
    OverviewModule,
    RegistryModule,
    SessionsModule,
  ],
  providers: [ActivityStream],
  controllers: [
    AdminActivityController,
    AdminApprovalsController,
    AdminAuthController,
    AdminHealthController,
    AdminServersController,
    ExportController,
    AdminToolsController,
    OrganizationsController,
    OverviewController,
  ],
})
export class AdminModule {}
