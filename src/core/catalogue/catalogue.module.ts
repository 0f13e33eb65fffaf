import { Module } from '@nestjs/common';
import { ActivityModule } from '../activity/activity.module.js';
import { RegistryModule } from '../registry/registry.module.js';
import { CatalogueEditingService } from './catalogue-editing.service.js';
import { CatalogueService } from './catalogue.service.js';
import { ConfigurationService } from './configuration.service.js';
import { CuratedServicesService } from './curated-services.service.js';
import { RemoteDocuments } from './remote-documents.service.js';
import { ServicesRepository } from './services.repository.js';

/** What may become a server. */
@Module({
  imports: [ActivityModule, RegistryModule],
  providers: [
    CatalogueEditingService,
    CatalogueService,
    ConfigurationService,
    CuratedServicesService,
    RemoteDocuments,
    ServicesRepository,
  ],
  exports: [CatalogueEditingService, CatalogueService, ConfigurationService],
})
export class CatalogueModule {}
