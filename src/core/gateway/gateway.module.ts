import { Module } from '@nestjs/common';
import { ExecutionModule } from '../execution/execution.module.js';
import { ToolsetsModule } from '../toolsets/toolsets.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { RegistryModule } from '../registry/registry.module.js';
import { ApprovalsOfCalls } from './approvals-of-calls.service.js';
import { CallPasses } from './call-passes.service.js';
import { ClientCalls } from './client-calls.service.js';
import { GatewayBackend } from './gateway-backend.service.js';
import { GatewayCatalogues } from './gateway-catalogues.service.js';
import { GatewayNews } from './gateway-news.service.js';
import { GatewayOffers } from './gateway-offers.service.js';
import { GatewayPresence } from './presence.service.js';
import { GatewayReads } from './gateway-reads.service.js';
import { GatewaySessionsRepository } from './gateway-sessions.repository.js';
import { GatewayTasks } from './gateway-tasks.service.js';
import { GatewayToolCalls } from './gateway-tool-calls.service.js';
import { McpGateway } from './mcp-gateway.service.js';
import { OldCallPasses } from './old-call-passes.js';
import { OldGatewaySessions } from './old-gateway-sessions.js';
import { OldParkedCalls } from './old-parked-calls.js';
import { ParkedCallsRepository } from './parked-calls.repository.js';
import { ResourceSubscriptions } from './resource-subscriptions.service.js';
import { SignInsOfCalls } from './sign-ins-of-calls.service.js';
import { TaskIds } from './task-ids.service.js';
import { ParkedCalls } from './parked-calls.service.js';

@Module({
  imports: [ExecutionModule, IdentityModule, RegistryModule, ToolsetsModule],
  providers: [
    ApprovalsOfCalls,
    CallPasses,
    ClientCalls,
    GatewayBackend,
    GatewayCatalogues,
    GatewayNews,
    GatewayOffers,
    GatewayPresence,
    GatewayReads,
    GatewaySessionsRepository,
    GatewayTasks,
    GatewayToolCalls,
    McpGateway,
    OldCallPasses,
    OldGatewaySessions,
    OldParkedCalls,
    ParkedCalls,
    ParkedCallsRepository,
    ResourceSubscriptions,
    SignInsOfCalls,
    TaskIds,
  ],
  exports: [McpGateway],
})
export class GatewayModule {}
