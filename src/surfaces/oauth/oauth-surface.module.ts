import { Module } from '@nestjs/common';
import { IdentityModule } from '../../core/identity/identity.module.js';
import { OAuthModule } from '../../core/oauth/oauth.module.js';
import { ConsentController } from './consent.controller.js';
import { ProtocolRoutes } from './protocol-routes.js';
import { AuthorizationServer } from './provider/authorization-server.js';
import { Interactions } from './provider/interactions.js';

@Module({
  imports: [IdentityModule, OAuthModule],
  controllers: [ConsentController],
  providers: [AuthorizationServer, Interactions, ProtocolRoutes],
})
export class OAuthSurfaceModule {}
