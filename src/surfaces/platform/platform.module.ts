import { Module } from '@nestjs/common';
import { IdentityModule } from '../../core/identity/identity.module.js';
import { PlatformAuthController } from './auth.controller.js';
import { UsersController } from './users.controller.js';

@Module({ imports: [IdentityModule], controllers: [PlatformAuthController, UsersController] })
export class PlatformApiModule {}
