import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { AdaptersModule } from './adapters/adapters.module.js';
import { ActivityModule } from './core/activity/activity.module.js';
import { AgentModule } from './core/agent/agent.module.js';
import { ApprovalsModule } from './core/approvals/approvals.module.js';
import { ArtifactsModule } from './core/artifacts/artifacts.module.js';
import { CatalogueModule } from './core/catalogue/catalogue.module.js';
import { ExecutionModule } from './core/execution/execution.module.js';
import { GatewayModule } from './core/gateway/gateway.module.js';
import { IdentityModule } from './core/identity/identity.module.js';
import { InboxModule } from './core/inbox/inbox.module.js';
import { keepsMails } from './core/identity/mailbox.port.js';
import { OAuthModule } from './core/oauth/oauth.module.js';
import { OverviewModule } from './core/overview/overview.module.js';
import { PlansModule } from './core/plans/plans.module.js';
import { RegistryModule } from './core/registry/registry.module.js';
import { SessionsModule } from './core/sessions/sessions.module.js';
import { ToolsetsModule } from './core/toolsets/toolsets.module.js';
import { WebhooksModule } from './core/webhooks/webhooks.module.js';
import { KeysModule, type KeyParts } from './platform/crypto/keys.module.js';
import { ChoresModule } from './platform/jobs/chores.module.js';
import { PlatformModule, type PlatformParts } from './platform/platform.module.js';
import { RealtimeModule } from './realtime/realtime.module.js';
import { AdminModule } from './surfaces/admin/admin.module.js';
import { adminSurface } from './surfaces/admin/admin.surface.js';
import { BuilderModule } from './surfaces/builder/builder.module.js';
import { builderSurface } from './surfaces/builder/builder.surface.js';
import { ClientModule } from './surfaces/client/client.module.js';
import { clientSurface } from './surfaces/client/client.surface.js';
import { HealthModule } from './surfaces/client/health.module.js';
import { DevMailboxModule } from './surfaces/dev-mailbox/dev-mailbox.module.js';
import { devMailboxSurface } from './surfaces/dev-mailbox/dev-mailbox.surface.js';
import { McpSurfaceModule } from './surfaces/mcp/mcp.module.js';
import { mcpSurface } from './surfaces/mcp/mcp.surface.js';
import { OperationsModule } from './surfaces/operations/operations.module.js';
import { BackupsModule } from './start/backup/backups.module.js';
import { OAuthSurfaceModule } from './surfaces/oauth/oauth-surface.module.js';
import { consentSurface, oauthSurface } from './surfaces/oauth/oauth.surface.js';
import type { DocumentedSurface } from './surfaces/pipeline/openapi.js';
import { PipelineModule } from './surfaces/pipeline/pipeline.module.js';
import { PlatformApiModule } from './surfaces/platform/platform.module.js';
import { platformSurface } from './surfaces/platform/platform.surface.js';
import { RegistrationModule } from './surfaces/registration/registration.module.js';
import { registrationSurface } from './surfaces/registration/registration.surface.js';

const core = [
  ActivityModule,
  WebhooksModule,
  IdentityModule,
  RegistryModule,
  OAuthModule,
  ApprovalsModule,
  ArtifactsModule,
  ToolsetsModule,
  ExecutionModule,
  GatewayModule,
  SessionsModule,
  CatalogueModule,
  PlansModule,
  InboxModule,
  AgentModule,
  OverviewModule,
];

/** The documented dialects, each with what serves it. */
export const SURFACES: readonly { surface: DocumentedSurface; module: Type }[] = [
  { surface: clientSurface, module: ClientModule },
  { surface: platformSurface, module: PlatformApiModule },
  { surface: adminSurface, module: AdminModule },
  { surface: builderSurface, module: BuilderModule },
  { surface: registrationSurface, module: RegistrationModule },
];

/** The table of contents. */
@Module({})
export class AppModule {
  static with(parts: PlatformParts, keys: KeyParts): DynamicModule {
    const { config } = parts;
    const base = [
      DiscoveryModule,
      PlatformModule.with(parts),
      KeysModule.with(keys),
      ChoresModule,
      BackupsModule,
      AdaptersModule.with(config),
      PipelineModule.with([
        ...SURFACES.map(({ surface }) => surface),
        mcpSurface,
        oauthSurface,
        consentSurface,
        devMailboxSurface,
      ]),
      OperationsModule.with(config),
      ...core,
    ];
    const doors = [
      ...SURFACES.map(({ module }) => module),
      McpSurfaceModule,
      OAuthSurfaceModule,
      RealtimeModule,
      ...(keepsMails(config) ? [DevMailboxModule] : []),
    ];
    // A worker is the same house without its doors; it only says that it lives.
    return { module: AppModule, imports: config.role === 'worker' ? [...base, HealthModule] : [...base, ...doors] };
  }
}
