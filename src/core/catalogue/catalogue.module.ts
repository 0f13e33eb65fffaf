import { Module } from '@nestjs/common';
import { RegistryModule } from '../registry/registry.module.js';

/** What may become a server. */
@Module({ imports: [RegistryModule] })
export class CatalogueModule {}
