import { Module } from '@nestjs/common';
import { ExecutionModule } from '../execution/execution.module.js';
import { RegistryModule } from '../registry/registry.module.js';
import { ApprovalsOfCalls } from './approvals-of-calls.service.js';
import { GatewayBackend } from './gateway-backend.service.js';
import { GatewayCatalogues } from './gateway-catalogues.service.js';
import { GatewayNews } from './gateway-news.service.js';
import { GatewayOffers } from './gateway-offers.service.js';
import { GatewayReads } from './gateway-reads.service.js';
import { GatewaySessionsRepository } from './gateway-sessions.repository.js';
import { GatewayToolCalls } from './gateway-tool-calls.service.js';
import { McpGateway } from './mcp-gateway.service.js';
import { OldGatewaySessions } from './old-gateway-sessions.js';

@Module({
  imports: [ExecutionModule, RegistryModule],
  providers: [
    ApprovalsOfCalls,
    GatewayBackend,
    GatewayCatalogues,
    GatewayNews,
    GatewayOffers,
    GatewayReads,
    GatewaySessionsRepository,
    GatewayToolCalls,
    McpGateway,
    OldGatewaySessions,
  ],
  exports: [McpGateway],
})
export class GatewayModule {}
