import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { newId } from '../../platform/ids.js';
import { Logger } from '../../platform/logging/logger.js';
import { DEMO_SERVICE } from '../registry/demo-server.port.js';
import curated from './curated-services.json' with { type: 'json' };
import { readServerJson } from './server-json.js';
import { ServicesRepository } from './services.repository.js';

/** Brings what ships with the product into the catalogue at each start; what an administrator changed or removed stays so. */
@Injectable()
export class CuratedServicesService implements OnApplicationBootstrap {
  constructor(
    private readonly services: ServicesRepository,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    for (const serverJson of curated as readonly Record<string, unknown>[]) {
      const read = readServerJson(serverJson);
      if (!read.ok) {
        this.logger.error({ problems: read.problems }, 'a service that ships with the product cannot be read');
        continue;
      }
      const { name, title, description, version } = read.server;
      const now = this.clock.now();
      const entry = { name, title, description, version, serverJson, source: 'curated' as const, sourceUrl: null };
      await this.services.saveCurated(newId('svc', now.getTime()), entry, now);
    }
    await this.services.adoptDemoServers(DEMO_SERVICE);
  }
}
