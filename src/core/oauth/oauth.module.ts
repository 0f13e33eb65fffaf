import { Module } from '@nestjs/common';
import { ActivityModule } from '../activity/activity.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { RegistryModule } from '../registry/registry.module.js';
import { ToolsetsModule } from '../toolsets/toolsets.module.js';
import { AuthorizationRecords } from './authorization-records.js';
import { ClientDocuments } from './client-documents.js';
import { ClientsService } from './clients.service.js';
import { ConsentsRepository } from './consents.repository.js';
import { ConsentsService } from './consents.service.js';
import { OldAuthorizations } from './old-authorizations.js';
import { ResourceContents } from './resource-contents.js';
import { ResourceTokenReader } from './resource-token-reader.js';
import { Resources } from './resources.js';
import { SealedSigningKeys } from './sealed-signing-keys.js';
import { SigningKeyCare } from './signing-key-care.js';
import { SigningKeysRepository } from './signing-keys.repository.js';
import { SigningKeys } from './signing-keys.service.js';

@Module({
  imports: [ActivityModule, IdentityModule, RegistryModule, ToolsetsModule],
  providers: [
    AuthorizationRecords,
    ClientDocuments,
    ClientsService,
    ConsentsRepository,
    ConsentsService,
    OldAuthorizations,
    ResourceContents,
    ResourceTokenReader,
    Resources,
    SealedSigningKeys,
    SigningKeyCare,
    SigningKeys,
    SigningKeysRepository,
  ],
  exports: [
    AuthorizationRecords,
    ClientDocuments,
    ClientsService,
    ConsentsService,
    ResourceTokenReader,
    Resources,
    SigningKeys,
  ],
})
export class OAuthModule {}
