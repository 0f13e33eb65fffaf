import { Module } from '@nestjs/common';
import { ArtifactsModule } from '../artifacts/artifacts.module.js';
import { RegistryModule } from '../registry/registry.module.js';
import { CallMetrics } from './call-metrics.js';
import { ExecutionService } from './execution.service.js';
import { RequestLog } from './request-log.js';
import { OldRequests } from './old-requests.js';

@Module({
  imports: [ArtifactsModule, RegistryModule],
  providers: [CallMetrics, ExecutionService, OldRequests, RequestLog],
  exports: [ExecutionService],
})
export class ExecutionModule {}
