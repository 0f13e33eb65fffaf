import { Module } from '@nestjs/common';
import { CatalogueModule } from '../../core/catalogue/catalogue.module.js';
import { ExecutionModule } from '../../core/execution/execution.module.js';
import { IdentityModule } from '../../core/identity/identity.module.js';
import { RegistryModule } from '../../core/registry/registry.module.js';
import { PlatformApprovalsController } from './approvals.controller.js';
import { PlatformAuthController } from './auth.controller.js';
import { ExecutionController } from './execution.controller.js';
import { LogsController } from './logs.controller.js';
import { OrganizationController } from './organization.controller.js';
import { OrganizationsController } from './organizations.controller.js';
import { ServicesController } from './services.controller.js';
import { UsersController } from './users.controller.js';

@Module({
  imports: [CatalogueModule, ExecutionModule, IdentityModule, RegistryModule],
  controllers: [
    ExecutionController,
    LogsController,
    OrganizationController,
    OrganizationsController,
    PlatformApprovalsController,
    PlatformAuthController,
    ServicesController,
    UsersController,
  ],
})
export class PlatformApiModule {}
