import { Module } from '@nestjs/common';
import { IdentityModule } from '../../core/identity/identity.module.js';
import { RegistryModule } from '../../core/registry/registry.module.js';
import { AdminAuthController } from './auth.controller.js';
import { OrganizationsController } from './organizations.controller.js';
import { AdminServersController } from './servers.controller.js';

@Module({
  imports: [IdentityModule, RegistryModule],
  controllers: [AdminAuthController, AdminServersController, OrganizationsController],
})
export class AdminModule {}
