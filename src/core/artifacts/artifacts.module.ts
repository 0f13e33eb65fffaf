import { Module } from '@nestjs/common';
import { ArtifactsRepository } from './artifacts.repository.js';
import { ArtifactsService } from './artifacts.service.js';
import { OldArtifacts } from './old-artifacts.js';

@Module({
  providers: [ArtifactsRepository, ArtifactsService, OldArtifacts],
  exports: [ArtifactsService],
})
export class ArtifactsModule {}
