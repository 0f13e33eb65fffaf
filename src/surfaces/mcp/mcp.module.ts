import { Module } from '@nestjs/common';
import { GatewayModule } from '../../core/gateway/gateway.module.js';
import { IdentityModule } from '../../core/identity/identity.module.js';
import { OAuthModule } from '../../core/oauth/oauth.module.js';
import { McpRoute } from './mcp-route.js';

@Module({ imports: [GatewayModule, IdentityModule, OAuthModule], providers: [McpRoute] })
export class McpSurfaceModule {}
