import { Module } from '@nestjs/common';
import { IdentityModule } from '../../core/identity/identity.module.js';
import { UsersController } from './users.controller.js';

@Module({ imports: [IdentityModule], controllers: [UsersController] })
export class PlatformApiModule {}
