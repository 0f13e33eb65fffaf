import { Module } from '@nestjs/common';
import { IdentityModule } from '../../core/identity/identity.module.js';
import { AdminAuthController } from './auth.controller.js';
import { OrganizationsController } from './organizations.controller.js';

@Module({ imports: [IdentityModule], controllers: [AdminAuthController, OrganizationsController] })
export class AdminModule {}
