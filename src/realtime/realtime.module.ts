import { Module } from '@nestjs/common';
import { AgentModule } from '../core/agent/agent.module.js';
import { IdentityModule } from '../core/identity/identity.module.js';
import { InboxModule } from '../core/inbox/inbox.module.js';
import { PlansModule } from '../core/plans/plans.module.js';
import { RegistryModule } from '../core/registry/registry.module.js';
import { SessionsModule } from '../core/sessions/sessions.module.js';
import { Audience } from './audience.js';
import { CommandRouter } from './command-router.js';
import { Handshake } from './handshake.js';
import { RealtimeMetrics } from './realtime-metrics.js';
import { RawWebSocketTransport } from './transports/raw-websocket.transport.js';
import { SocketIoGateway } from './transports/socket-io.gateway.js';

@Module({
  imports: [AgentModule, IdentityModule, InboxModule, PlansModule, RegistryModule, SessionsModule],
  providers: [Audience, CommandRouter, Handshake, RawWebSocketTransport, RealtimeMetrics, SocketIoGateway],
  exports: [RawWebSocketTransport],
})
export class RealtimeModule {}
