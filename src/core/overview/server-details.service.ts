import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { ServerId } from '../../platform/ids.js';
import { CircuitBreakers, type CircuitView } from '../execution/circuit-breakers.js';
import type { Principal } from '../identity/principal.js';
import type { VisibleServer } from '../registry/access.js';
import { ServerHandles } from '../registry/server-handles.service.js';
import { ServersService } from '../registry/servers.service.js';

/** A server, what it is called at the gateway, and whether this process lets calls of it out. */
export type DetailedServer = VisibleServer & { handle: string; circuit: CircuitView };

@Injectable()
export class ServerDetails {
  constructor(
    private readonly servers: ServersService,
    private readonly handles: ServerHandles,
    private readonly circuits: CircuitBreakers,
    private readonly clock: Clock,
  ) {}

  /** @throws 404 */
  async get(principal: Principal, id: ServerId): Promise<DetailedServer> {
    const server = await this.servers.get(principal, id);
    const { of } = await this.handles.list(principal.organizationId);
    return { ...server, handle: of.get(id) ?? id, circuit: this.circuits.viewOf(id, this.clock.now()) };
  }
}
