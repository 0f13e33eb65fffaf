import { Module } from '@nestjs/common';
import { RegistryModule } from '../../core/registry/registry.module.js';
import { McpServersController } from './mcp-servers.controller.js';

@Module({ imports: [RegistryModule], controllers: [McpServersController] })
export class RegistrationModule {}
