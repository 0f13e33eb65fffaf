import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { ServerId } from '../../platform/ids.js';
import type { Page, PageRequest } from '../../platform/page.js';
import { CircuitBreakers, type CircuitView } from '../execution/circuit-breakers.js';
import type { Principal } from '../identity/principal.js';
import type { VisibleServer } from '../registry/access.js';
import { ServerHandles } from '../registry/server-handles.service.js';
import { ServerSignIns } from '../registry/server-sign-ins.service.js';
import { ServersService } from '../registry/servers.service.js';
import type { Standing } from '../upstream-accounts/account.js';

/** A server, and how it stands with the account that whoever asks uses there; null where nobody signs in. */
export type ListedServer = VisibleServer & { account: Standing | null };

/** Also what it is called at the gateway, and whether this process lets calls of it out. */
export type DetailedServer = ListedServer & { handle: string; circuit: CircuitView };

@Injectable()
export class ServerDetails {
  constructor(
    private readonly servers: ServersService,
    private readonly signIns: ServerSignIns,
    private readonly handles: ServerHandles,
    private readonly circuits: CircuitBreakers,
    private readonly clock: Clock,
  ) {}

  async list(principal: Principal, page: PageRequest): Promise<Page<ListedServer>> {
    const found = await this.servers.list(principal, page);
    const accounts = await this.signIns.listStandings(principal, found.items);
    return { ...found, items: found.items.map((server) => ({ ...server, account: accounts.get(server.id) ?? null })) };
  }

  /** @throws 404 */
  async get(principal: Principal, id: ServerId): Promise<DetailedServer> {
    const server = await this.servers.get(principal, id);
    const account = (await this.signIns.listStandings(principal, [server])).get(id) ?? null;
    const { of } = await this.handles.list(principal.organizationId);
    return { ...server, account, handle: of.get(id) ?? id, circuit: this.circuits.viewOf(id, this.clock.now()) };
  }
}
