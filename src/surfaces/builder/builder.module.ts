import { Module } from '@nestjs/common';
import { IdentityModule } from '../../core/identity/identity.module.js';
import { BuilderAuthController } from './auth.controller.js';

@Module({ imports: [IdentityModule], controllers: [BuilderAuthController] })
export class BuilderModule {}
