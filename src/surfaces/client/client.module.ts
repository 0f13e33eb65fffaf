import { Module } from '@nestjs/common';
import { ActivityModule } from '../../core/activity/activity.module.js';
import { AgentModule } from '../../core/agent/agent.module.js';
import { ArtifactsModule } from '../../core/artifacts/artifacts.module.js';
import { CatalogueModule } from '../../core/catalogue/catalogue.module.js';
import { ExecutionModule } from '../../core/execution/execution.module.js';
import { IdentityModule } from '../../core/identity/identity.module.js';
import { OAuthModule } from '../../core/oauth/oauth.module.js';
import { OverviewModule } from '../../core/overview/overview.module.js';
import { PlansModule } from '../../core/plans/plans.module.js';
import { InboxModule } from '../../core/inbox/inbox.module.js';
import { RegistryModule } from '../../core/registry/registry.module.js';
import { SessionsModule } from '../../core/sessions/sessions.module.js';
import { ToolsetsModule } from '../../core/toolsets/toolsets.module.js';
import { UpstreamAccountsModule } from '../../core/upstream-accounts/upstream-accounts.module.js';
import { UsageModule } from '../../core/usage/usage.module.js';
import { WebhooksModule } from '../../core/webhooks/webhooks.module.js';
import { ActivityEvents } from './activity-events.js';
import { ActivityController } from './activity.controller.js';
import { ApprovalEvents } from './approval-events.js';
import { ApprovalLinksController } from './approval-links.controller.js';
import { ApprovalsController } from './approvals.controller.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ArtifactDownloads } from './artifact-downloads.js';
import { ArtifactsController } from './artifacts.controller.js';
import { AuthController } from './auth.controller.js';
import { CatalogueController } from './catalogue.controller.js';
import { ConnectedClientsController } from './connected-clients.controller.js';
import { ConnectController } from './connect.controller.js';
import { CredentialsController } from './credentials.controller.js';
import { GatewaySettingsController } from './gateway-settings.controller.js';
import { HealthController } from './health.controller.js';
import { InstanceController } from './instance.controller.js';
import { ModelsController } from './models.controller.js';
import { OwnPasswordController } from './own-password.controller.js';
import { PasswordAuthController } from './password-auth.controller.js';
import { InvitationsController } from './invitations.controller.js';
import { ListedPackagesController } from './listed-packages.controller.js';
import { MembersController } from './members.controller.js';
import { OrganizationController } from './organization.controller.js';
import { OrganizationsController } from './organizations.controller.js';
import { RequestsController } from './requests.controller.js';
import { SentInvitationsController } from './sent-invitations.controller.js';
import { ProfileController } from './profile.controller.js';
import { ServerAccessController } from './server-access.controller.js';
import { ServerToolsController } from './server-tools.controller.js';
import { ToolCallsController } from './tool-calls.controller.js';
import { ToolSearchController } from './tool-search.controller.js';
import { ToolsetsController } from './toolsets.controller.js';
import { ServersController } from './servers.controller.js';
import { SessionCopiesController } from './session-copies.controller.js';
import { OAuthCallbackController } from './oauth-callback.controller.js';
import { ServerAccountsController } from './server-accounts.controller.js';
import { SessionDocsController } from './session-docs/session-docs.controller.js';
import { SessionEvents } from './session-events.js';
import { SessionExport } from './session-export.js';
import { SessionsController } from './sessions.controller.js';
import { TicketsController } from './tickets.controller.js';
import { WebhookDeliveriesController } from './webhook-deliveries.controller.js';
import { WebhooksController } from './webhooks.controller.js';

@Module({
  imports: [
    ActivityModule,
    AgentModule,
    ArtifactsModule,
    CatalogueModule,
    ExecutionModule,
    IdentityModule,
    OAuthModule,
    OverviewModule,
    PlansModule,
    InboxModule,
    RegistryModule,
    UpstreamAccountsModule,
    SessionsModule,
    ToolsetsModule,
    UsageModule,
    WebhooksModule,
  ],
  providers: [ActivityEvents, ApprovalEvents, ArtifactDownloads, SessionEvents, SessionExport],
  controllers: [
    ActivityController,
    ApiKeysController,
    ApprovalLinksController,
    ApprovalsController,
    ArtifactsController,
    AuthController,
    ListedPackagesController,
    CatalogueController,
    ConnectedClientsController,
    ConnectController,
    CredentialsController,
    GatewaySettingsController,
    HealthController,
    InstanceController,
    InvitationsController,
    MembersController,
    ModelsController,
    OAuthCallbackController,
    OrganizationController,
    OrganizationsController,
    OwnPasswordController,
    PasswordAuthController,
    ProfileController,
    RequestsController,
    SentInvitationsController,
    ServerAccessController,
    ServerAccountsController,
    ServerToolsController,
    ServersController,
    ToolCallsController,
    ToolSearchController,
    ToolsetsController,
    SessionCopiesController,
    SessionDocsController,
    SessionsController,
    TicketsController,
    WebhookDeliveriesController,
    WebhooksController,
  ],
})
export class ClientModule {}
