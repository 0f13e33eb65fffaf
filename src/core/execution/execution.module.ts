import { Module } from '@nestjs/common';
import { ApprovalsModule } from '../approvals/approvals.module.js';
import { ArtifactsModule } from '../artifacts/artifacts.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { RegistryModule } from '../registry/registry.module.js';
import { WebhooksModule } from '../webhooks/webhooks.module.js';
import { ArgumentValidation } from './argument-validation.js';
import { CallGate } from './call-gate.js';
import { CallLog } from './call-log.js';
import { CallMetrics } from './call-metrics.js';
import { ExpireHeldCallHandler } from './expire-held-call.handler.js';
import { HeldCallRuns } from './held-call-runs.service.js';
import { HeldCallWaits } from './held-call-waits.service.js';
import { HeldCallsRepository } from './held-calls.repository.js';
import { HeldCalls } from './held-calls.service.js';
import { OldHeldCalls } from './old-held-calls.js';
import { ResourceReads } from './resource-reads.service.js';
import { ResourceRequests } from './resource-requests.service.js';
import { RunHeldCallHandler } from './run-held-call.handler.js';
import { CallSending } from './call-sending.service.js';
import { CircuitBreakers } from './circuit-breakers.js';
import { ExecutionService } from './execution.service.js';
import { RelayedCalls } from './relayed-calls.service.js';
import { RelayedRequests } from './relayed-requests.service.js';
import { RequestFigures } from './request-figures.js';
import { RequestLog } from './request-log.js';
import { RequestLogRepository } from './request-log.repository.js';
import { RequestsRepository } from './requests.repository.js';
import { RequestsService } from './requests.service.js';
import { OldRequests } from './old-requests.js';
import { ToolCalls } from './tool-calls.service.js';

@Module({
  imports: [ApprovalsModule, ArtifactsModule, IdentityModule, RegistryModule, WebhooksModule],
  providers: [
    ArgumentValidation,
    CallGate,
    CallLog,
    CallMetrics,
    CallSending,
    CircuitBreakers,
    ExecutionService,
    ExpireHeldCallHandler,
    HeldCallRuns,
    HeldCallWaits,
    HeldCalls,
    HeldCallsRepository,
    OldHeldCalls,
    OldRequests,
    RelayedCalls,
    RelayedRequests,
    RequestFigures,
    RequestLog,
    RequestLogRepository,
    RequestsRepository,
    RequestsService,
    ResourceReads,
    ResourceRequests,
    RunHeldCallHandler,
    ToolCalls,
  ],
  exports: [
    CircuitBreakers,
    RelayedCalls,
    RelayedRequests,
    ExecutionService,
    HeldCallWaits,
    HeldCalls,
    RequestFigures,
    RequestsService,
    ResourceReads,
    ResourceRequests,
    ToolCalls,
  ],
})
export class ExecutionModule {}
