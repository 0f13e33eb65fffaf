import { Module } from '@nestjs/common';
import { ArtifactsModule } from '../artifacts/artifacts.module.js';
import { RegistryModule } from '../registry/registry.module.js';
import { CallGate } from './call-gate.js';
import { CallMetrics } from './call-metrics.js';
import { ExecutionService } from './execution.service.js';
import { RequestLog } from './request-log.js';
import { RequestLogRepository } from './request-log.repository.js';
import { RequestsRepository } from './requests.repository.js';
import { RequestsService } from './requests.service.js';
import { OldRequests } from './old-requests.js';
import { ToolCalls } from './tool-calls.service.js';

@Module({
  imports: [ArtifactsModule, RegistryModule],
  providers: [
    CallGate,
    CallMetrics,
    ExecutionService,
    OldRequests,
    RequestLog,
    RequestLogRepository,
    RequestsRepository,
    RequestsService,
    ToolCalls,
  ],
  exports: [ExecutionService, RequestsService, ToolCalls],
})
export class ExecutionModule {}
