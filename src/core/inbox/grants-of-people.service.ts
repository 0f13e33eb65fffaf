import { Injectable } from '@nestjs/common';
import { type Grant, type GrantScope, scopeOf } from '../approvals/grant.js';
import { GrantsService } from '../approvals/grants.service.js';
import type { Principal } from '../identity/principal.js';
import { ServersService } from '../registry/servers.service.js';

/** A permission with the name of its server. */
export interface ListedGrant extends Grant {
  scope: GrantScope;
  serverName: string;
}

/** What somebody may do without being asked. */
@Injectable()
export class GrantsOfPeople {
  constructor(
    private readonly grants: GrantsService,
    private readonly servers: ServersService,
  ) {}

  /** Those that count, for the account that their server has now; newest first. */
  async list(principal: Principal): Promise<ListedGrant[]> {
    const grants = await this.grants.list(principal);
    const ids = [...new Set(grants.map(({ serverId }) => serverId))];
    const found = await Promise.all(ids.map((id) => this.servers.findForJob(id)));
    const servers = new Map(found.flatMap((server) => (server ? [[server.id, server]] : [])));
    return grants.flatMap((grant) => {
      const server = servers.get(grant.serverId);
      if (server?.accountVersion !== grant.accountVersion) return [];
      return [{ ...grant, scope: scopeOf(grant), serverName: server.name }];
    });
  }

  /** @throws 404 */
  async revoke(principal: Principal, id: string): Promise<void> {
    await this.grants.revoke(principal, id);
  }
}
