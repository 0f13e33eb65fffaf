import { Module } from '@nestjs/common';
import { ArtifactsRepository } from './artifacts.repository.js';
import { ArtifactsService } from './artifacts.service.js';

@Module({
  providers: [ArtifactsRepository, ArtifactsService],
  exports: [ArtifactsService],
})
export class ArtifactsModule {}
