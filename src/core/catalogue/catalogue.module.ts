import { Module } from '@nestjs/common';
import { ActivityModule } from '../activity/activity.module.js';
import { RegistryModule } from '../registry/registry.module.js';
import { CatalogueEditingService } from './catalogue-editing.service.js';
import { CatalogueService } from './catalogue.service.js';
import { ConfigurationService } from './configuration.service.js';
import { CuratedServicesService } from './curated-services.service.js';
import { ExportKeysRepository } from './export-keys.repository.js';
import { ExportKeys } from './export-keys.service.js';
import { OwnRuns } from './own-runs.service.js';
import { RemoteDocuments } from './remote-documents.service.js';
import { SealedExportKeys } from './sealed-export-keys.js';
import { ServerExportsService } from './server-exports.service.js';
import { ServerImportsService } from './server-imports.service.js';
import { ServicesRepository } from './services.repository.js';

/** What may become a server, and servers as files. */
@Module({
  imports: [ActivityModule, RegistryModule],
  providers: [
    CatalogueEditingService,
    CatalogueService,
    ConfigurationService,
    CuratedServicesService,
    ExportKeys,
    ExportKeysRepository,
    OwnRuns,
    RemoteDocuments,
    SealedExportKeys,
    ServerExportsService,
    ServerImportsService,
    ServicesRepository,
  ],
  exports: [
    ServerExportsService,
    ServerImportsService,
    CatalogueEditingService,
    CatalogueService,
    ConfigurationService,
  ],
})
export class CatalogueModule {}
