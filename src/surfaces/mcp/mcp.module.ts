import { Module } from '@nestjs/common';
import { GatewayModule } from '../../core/gateway/gateway.module.js';
import { McpRoute } from './mcp-route.js';

@Module({ imports: [GatewayModule], providers: [McpRoute] })
export class McpSurfaceModule {}
