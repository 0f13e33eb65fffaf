import { Module } from '@nestjs/common';
import { IdentityModule } from '../../core/identity/identity.module.js';
import { PlatformAuthController } from './auth.controller.js';
import { OrganizationController } from './organization.controller.js';
import { OrganizationsController } from './organizations.controller.js';
import { UsersController } from './users.controller.js';

@Module({
  imports: [IdentityModule],
  controllers: [OrganizationController, OrganizationsController, PlatformAuthController, UsersController],
})
export class PlatformApiModule {}
