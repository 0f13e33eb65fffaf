import { Module } from '@nestjs/common';
import { ActivityModule } from '../activity/activity.module.js';
import { RegistryModule } from '../registry/registry.module.js';
import { Connections } from './connections.service.js';
import { GatewaySettingsRepository } from './gateway-settings.repository.js';
import { GatewaySettings } from './gateway-settings.service.js';
import { SeenServers } from './seen-servers.service.js';
import { ToolSearch } from './tool-search.service.js';
import { Toolsets } from './toolset-views.service.js';
import { ToolsetsRepository } from './toolsets.repository.js';
import { ToolsetsService } from './toolsets.service.js';

@Module({
  imports: [ActivityModule, RegistryModule],
  providers: [
    Connections,
    GatewaySettings,
    GatewaySettingsRepository,
    SeenServers,
    ToolSearch,
    Toolsets,
    ToolsetsRepository,
    ToolsetsService,
  ],
  exports: [Connections, GatewaySettings, SeenServers, ToolSearch, Toolsets, ToolsetsService],
})
export class ToolsetsModule {}
