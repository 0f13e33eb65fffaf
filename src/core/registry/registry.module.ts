import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { ActivityModule } from '../activity/activity.module.js';
import { ApprovalsModule } from '../approvals/approvals.module.js';
import { UpstreamAccountsModule } from '../upstream-accounts/upstream-accounts.module.js';
import { WebhooksModule } from '../webhooks/webhooks.module.js';
import { CheckServerHandler } from './check-server.handler.js';
import { ConnectionTestsService } from './connection-tests.service.js';
import { ConfiguredServersService } from './configured-servers.service.js';
import { DemoServersService } from './demo-servers.service.js';
import { FiledServersService } from './filed-servers.service.js';
import { FiledToolsRepository } from './filed-tools.repository.js';
import { FurnishOrganizationHandler } from './furnish-organization.handler.js';
import { ListedPackagesRepository } from './listed-packages.repository.js';
import { ListedPackagesService } from './listed-packages.service.js';
import { PackageLaunches } from './package-launches.service.js';
import { RegisteredServersService } from './registered-servers.service.js';
import { SealedCredentials } from './sealed-credentials.js';
import { ServerAccessRepository } from './server-access.repository.js';
import { ServerAccess } from './server-access.service.js';
import { ServerChanges } from './server-changes.service.js';
import { ServerCredentials } from './server-credentials.js';
import { ServerDependentsRepository } from './server-dependents.repository.js';
import { ServerHandles } from './server-handles.service.js';
import { ServerHealthService } from './server-health.service.js';
import { ServerLevels } from './server-levels.js';
import { ServerSignIns } from './server-sign-ins.service.js';
import { ServersRepository } from './servers.repository.js';
import { ServersService } from './servers.service.js';
import { ToolCallersRepository } from './tool-callers.repository.js';
import { ToolGrants } from './tool-grants.service.js';
import { ToolDecisions } from './tool-decisions.service.js';
import { ToolDirectoryRepository } from './tool-directory.repository.js';
import { ToolDirectory } from './tool-directory.service.js';
import { ToolHistory } from './tool-history.service.js';
import { ToolNews } from './tool-news.js';
import { ToolNewsChecks } from './tool-news-checks.service.js';
import { ToolObservations } from './tool-observations.service.js';
import { ToolStatesRepository } from './tool-states.repository.js';
import { ToolTrust } from './tool-trust.js';
import { ToolConfirmation } from './tool-confirmation.service.js';
import { ToolSnapshotsRepository } from './tool-snapshots.repository.js';
import { ToolsService } from './tools.service.js';
import { UpstreamsService } from './upstreams.service.js';

@Module({
  imports: [ActivityModule, ApprovalsModule, IdentityModule, UpstreamAccountsModule, WebhooksModule],
  providers: [
    CheckServerHandler,
    ConfiguredServersService,
    ConnectionTestsService,
    DemoServersService,
    FiledServersService,
    FiledToolsRepository,
    FurnishOrganizationHandler,
    ListedPackagesRepository,
    ListedPackagesService,
    PackageLaunches,
    RegisteredServersService,
    SealedCredentials,
    ServerDependentsRepository,
    ServerAccess,
    ServerAccessRepository,
    ServerChanges,
    ServerCredentials,
    ServerHandles,
    ServerHealthService,
    ServerLevels,
    ServerSignIns,
    ServersRepository,
    ServersService,
    ToolCallersRepository,
    ToolConfirmation,
    ToolDecisions,
    ToolDirectory,
    ToolDirectoryRepository,
    ToolGrants,
    ToolHistory,
    ToolNews,
    ToolNewsChecks,
    ToolObservations,
    ToolSnapshotsRepository,
    ToolStatesRepository,
    ToolTrust,
    ToolsService,
    UpstreamsService,
  ],
  exports: [
    CheckServerHandler,
    ConfiguredServersService,
    ConnectionTestsService,
    DemoServersService,
    FiledServersService,
    FurnishOrganizationHandler,
    ListedPackagesService,
    RegisteredServersService,
    ServerAccess,
    ServerHandles,
    ServerHealthService,
    ServerSignIns,
    ServersService,
    ToolConfirmation,
    ToolDecisions,
    ToolDirectory,
    ToolGrants,
    ToolHistory,
    ToolsService,
    UpstreamsService,
  ],
})
export class RegistryModule {}
