import { Module } from '@nestjs/common';
import { ArtifactsRepository } from './artifacts.repository.js';
import { ArtifactsService } from './artifacts.service.js';
import { OldArtifacts } from './old-artifacts.js';
import { UnrecordedArtifacts } from './unrecorded-artifacts.js';

@Module({
  providers: [ArtifactsRepository, ArtifactsService, OldArtifacts, UnrecordedArtifacts],
  exports: [ArtifactsService],
})
export class ArtifactsModule {}
